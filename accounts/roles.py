"""Every role, what it is for in words, and what it may do (design section 5).

A role alone opens no case: the case must also be shared, in a kind that the role can use.
"""

from dataclasses import dataclass

from django.db import models

from accounts.permissions import Perm
from prevent_cms.marking import Mark


class Role(models.TextChoices):
    CT_CASE_OFFICER = "ct_case_officer", "CT case officer"
    POLICE_SUPERVISOR = "police_supervisor", "Police Prevent supervisor"
    POLICE_AUDITOR = "police_auditor", "Police auditor"
    PREVENT_LEAD = "prevent_lead", "Prevent lead"
    PANEL_CHAIR = "panel_chair", "Panel chair"
    DEPUTY_CHAIR = "deputy_chair", "Deputy panel chair"
    PANEL_ADMINISTRATOR = "panel_administrator", "Panel administrator"
    MASH_COORDINATOR = "mash_coordinator", "MASH coordinator"
    AGENCY_CONTACT = "agency_contact", "Single point of contact"
    AGENCY_COLLEAGUE = "agency_colleague", "Colleague of the contact"
    PANEL_MEMBER = "panel_member", "Panel member"
    PROVIDER = "provider", "Intervention provider"
    AUDITOR = "auditor", "Auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator", "System administrator"


class Remit(models.TextChoices):
    """For whom a Prevent lead leads, where the council has two; none means for everybody (R80)."""

    ADULTS = "adults", "Adults"
    FAMILIES = "families", "Children and families"


class ShareKind(models.TextChoices):
    """How much of a case a share covers."""

    COORDINATE = "coordinate", "Coordinating"
    RESPOND = "respond", "Answering a request"
    PANEL = "panel", "Panel"
    DELIVER = "deliver", "Delivering support"


# Which kinds of share let an agency read an item with this mark. POLICE needs a police agency
# besides, and AGENCY the item's own agency (accounts/grants.py).
KINDS_FOR_MARK = {
    Mark.POLICE: frozenset({ShareKind.COORDINATE}),
    Mark.COORDINATION: frozenset({ShareKind.COORDINATE}),
    Mark.PANEL: frozenset({ShareKind.COORDINATE, ShareKind.PANEL}),
    Mark.AGENCY: frozenset(ShareKind),
}


@dataclass(frozen=True)
class RoleRule:
    """What a role may do, and which kinds of share it can use."""

    description: str
    kinds: frozenset[ShareKind]
    permissions: frozenset[Perm]


COORDINATE = frozenset({ShareKind.COORDINATE})
NOTHING: frozenset[ShareKind] = frozenset()

POLICE_WORK = frozenset(
    {
        Perm.CASE_VIEW,
        Perm.CASE_TAKE,
        Perm.SCREENING_RECORD,
        Perm.THRESHOLD_RECORD,
        Perm.DECONFLICTION_RECORD,
        Perm.PERSON_LINK,
        Perm.CASE_HOLD,
        Perm.CASE_RELEASE,
        Perm.CASE_SHARE,
        Perm.CASE_ROUTE,
        Perm.INFORMATION_REQUEST,
        Perm.CONVERSATION_RECORD,
        Perm.NOTICE_SEND,
        Perm.PARALLEL_RECORD,
        Perm.CONSENT_RECORD,
        Perm.ASSESSMENT_WRITE,
        Perm.CONVENING_SIGN,
        Perm.CASE_CLOSE,
        Perm.CASE_EXIT,
        Perm.FEEDBACK_GIVE,
        Perm.CASE_PREVIEW,
        Perm.GLASS_BREAK,
        Perm.MEETING_VIEW,
        Perm.PLAN_WRITE,
        Perm.REVIEW_RECORD,
    }
)
CHAIR_WORK = frozenset(
    {
        Perm.CASE_VIEW,
        Perm.CONVENING_SIGN,
        Perm.EXIT_SIGN,
        Perm.CASE_EXIT,
        Perm.CASE_PREVIEW,
        Perm.CASE_RESTRICT,
        Perm.BAR_SET,
        Perm.GLASS_BREAK,
        Perm.GLASS_REVIEW,
        Perm.CONVERSATION_RECORD,
        Perm.NOTICE_SEND,
        Perm.PARALLEL_RECORD,
        Perm.CONSENT_RECORD,
        Perm.MEETING_VIEW,
        Perm.MEETING_MANAGE,
        Perm.MEETING_RECORD,
        Perm.DECISION_RECORD,
        Perm.MINUTES_APPROVE,
        Perm.MINUTES_EXPORT,
        Perm.PLAN_WRITE,
        Perm.REVIEW_RECORD,
        Perm.CASE_TRANSFER,
        Perm.TRANSFER_AGREE,
    }
)

ROLES: dict[Role, RoleRule] = {
    Role.CT_CASE_OFFICER: RoleRule(
        "Screens referrals, checks them against live investigations, gathers information, rates "
        "the vulnerability assessment and supports the panel.",
        COORDINATE,
        POLICE_WORK,
    ),
    Role.POLICE_SUPERVISOR: RoleRule(
        "Supervises the case officers, allocates cases, and signs for police where two people "
        "must agree.",
        COORDINATE,
        POLICE_WORK
        | {
            Perm.CASE_ASSIGN,
            Perm.CASE_REOPEN,
            Perm.CASE_RESTRICT,
            Perm.BAR_SET,
            Perm.GLASS_REVIEW,
            Perm.EXIT_SIGN,
            Perm.REPEAT_CLOSURE_SIGN,
            Perm.AGREEMENT_KEEP,
            Perm.PROVIDER_KEEP,
        },
    ),
    Role.POLICE_AUDITOR: RoleRule(
        "Reads every event of the area, and no case content. Reviews who opened a case in an "
        "emergency when nobody else can.",
        NOTHING,
        frozenset({Perm.AUDIT_VIEW, Perm.GLASS_REVIEW}),
    ),
    Role.PREVENT_LEAD: RoleRule(
        "Leads for the local authority: reviews cases, seeks consent, looks after support plans.",
        COORDINATE,
        frozenset(
            {
                Perm.CASE_VIEW,
                Perm.CASE_ROUTE,
                Perm.INFORMATION_REQUEST,
                Perm.CONVERSATION_RECORD,
                Perm.NOTICE_SEND,
                Perm.PARALLEL_RECORD,
                Perm.CONSENT_RECORD,
                Perm.CONVENING_SIGN,
                Perm.CASE_TRANSFER,
                Perm.AGREEMENT_KEEP,
                Perm.PROVIDER_KEEP,
                Perm.GLASS_BREAK,
                Perm.MEETING_VIEW,
                Perm.PLAN_WRITE,
                Perm.REVIEW_RECORD,
            }
        ),
    ),
    Role.PANEL_CHAIR: RoleRule(
        "Chairs the panel, confirms its decisions, approves the minutes, endorses exits.",
        COORDINATE,
        CHAIR_WORK | {Perm.CASE_REOPEN, Perm.AGREEMENT_KEEP},
    ),
    Role.DEPUTY_CHAIR: RoleRule(
        "Stands in for the chair with the same powers at a meeting.", COORDINATE, CHAIR_WORK
    ),
    Role.PANEL_ADMINISTRATOR: RoleRule(
        "Plans meetings, issues agendas, takes the minutes and exports them.",
        COORDINATE,
        frozenset(
            {
                Perm.CASE_VIEW,
                Perm.CONVERSATION_RECORD,
                Perm.PARALLEL_RECORD,
                Perm.MEETING_VIEW,
                Perm.MEETING_MANAGE,
                Perm.MEETING_RECORD,
                Perm.MINUTES_EXPORT,
                Perm.PROVIDER_KEEP,
            }
        ),
    ),
    Role.MASH_COORDINATOR: RoleRule(
        "Runs the checks of a multi-agency safeguarding hub where the area has them there: asks the "
        "agencies once a case is released, and reads what they answer.",
        COORDINATE,
        frozenset(
            {
                Perm.CASE_VIEW,
                Perm.INFORMATION_REQUEST,
                Perm.CONVERSATION_RECORD,
                Perm.NOTICE_SEND,
            }
        ),
    ),
    Role.AGENCY_CONTACT: RoleRule(
        "Answers information requests and safeguarding notices for the agency.",
        frozenset({ShareKind.RESPOND, ShareKind.DELIVER}),
        frozenset(
            {
                Perm.CASE_VIEW,
                Perm.INFORMATION_RETURN,
                Perm.INFORMATION_WRITE,
                Perm.NOTICE_ANSWER,
                Perm.SUPPORT_DELIVER,
            }
        ),
    ),
    Role.AGENCY_COLLEAGUE: RoleRule(
        "Writes the answers that the contact of the agency passes on; opens nothing else.",
        frozenset({ShareKind.RESPOND}),
        frozenset({Perm.INFORMATION_WRITE}),
    ),
    Role.PANEL_MEMBER: RoleRule(
        "Represents the agency at the panel and leads its part of support plans.",
        frozenset({ShareKind.PANEL, ShareKind.DELIVER}),
        frozenset(
            {
                Perm.CASE_VIEW,
                Perm.GLASS_BREAK,
                Perm.MEETING_VIEW,
                Perm.MINUTES_EXPORT,
                Perm.SUPPORT_DELIVER,
            }
        ),
    ),
    Role.PROVIDER: RoleRule(
        "Delivers own items of a support plan.",
        frozenset({ShareKind.DELIVER}),
        frozenset({Perm.CASE_VIEW, Perm.SUPPORT_DELIVER}),
    ),
    Role.AUDITOR: RoleRule(
        "Reads what the own agency did and what was done in its cases, in logs without content.",
        NOTHING,
        frozenset({Perm.AUDIT_VIEW}),
    ),
    Role.SYSTEM_ADMINISTRATOR: RoleRule(
        "Looks after people and settings, never case content.",
        NOTHING,
        frozenset({Perm.PEOPLE_MANAGE, Perm.POLICY_EDIT}),
    ),
}

# The kinds of agency (accounts.models.Agency.Kind) in which an administrator can give each role.
_POLICE, _COUNCIL = frozenset({"police"}), frozenset({"local_authority"})
_PROVIDER, _NATIONAL = frozenset({"provider"}), frozenset({"national"})
_LOCAL = _POLICE | _COUNCIL | _PROVIDER | {"partner"}
HELD_IN: dict[Role, frozenset[str]] = {
    Role.CT_CASE_OFFICER: _POLICE,
    Role.POLICE_SUPERVISOR: _POLICE,
    Role.POLICE_AUDITOR: _POLICE,
    Role.PREVENT_LEAD: _COUNCIL,
    Role.PANEL_CHAIR: _COUNCIL,
    Role.DEPUTY_CHAIR: _COUNCIL,
    Role.PANEL_ADMINISTRATOR: _COUNCIL,
    Role.MASH_COORDINATOR: frozenset({"partner"}),
    Role.AGENCY_CONTACT: _LOCAL,
    Role.AGENCY_COLLEAGUE: _LOCAL,
    Role.PANEL_MEMBER: _LOCAL,
    Role.PROVIDER: _PROVIDER,
    Role.AUDITOR: _LOCAL,
    Role.SYSTEM_ADMINISTRATOR: _NATIONAL,
}

POLICE_ROLES = frozenset({Role.CT_CASE_OFFICER, Role.POLICE_SUPERVISOR})
CHAIR_ROLES = frozenset({Role.PANEL_CHAIR, Role.DEPUTY_CHAIR})
