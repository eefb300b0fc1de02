"""What one person may know, worked out the slow way from the rows; shares no code with the service."""

from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.roles import ROLES, Role
from prevent_cms import clock
from referrals.models import Bar, Case, CaseGroupObjectPermission, Referral

POLICE_ROLES = {"ct_case_officer", "police_supervisor"}


class Canary(NamedTuple):
    """Where a canary was put, and who may meet it there."""

    case_id: int
    mark: str
    agency_id: int | None
    is_identity: bool
    place: str


@dataclass
class Known:
    """What one person may know, from shares, memberships, restrictions and bars."""

    kinds: dict = field(default_factory=dict)  # case id -> kinds that a role of theirs can use
    police: set = field(default_factory=set)  # case ids whose POLICE material is theirs
    agencies: set = field(default_factory=set)
    references: set = field(default_factory=set)
    logged: set = field(default_factory=set)  # references that an auditor meets in the log alone

    def may_read(self, canary):
        case_id, mark, agency_id, is_identity, _ = canary
        kinds = self.kinds.get(case_id, set())
        return (
            (mark == "POLICE" and case_id in self.police)
            or (mark == "COORDINATION" and "coordinate" in kinds)
            or (mark == "PANEL" and kinds & {"coordinate", "panel"})
            or (mark != "POLICE" and bool(kinds) and (agency_id in self.agencies or is_identity))
        )


def known_to(user):  # noqa: C901 - the rule, written out once more on purpose
    """Work out what this person may know; nobody signed in may know nothing."""
    known = Known()
    if user is None:
        return known
    today, now = clock.today(), clock.now()
    seats = [
        (m.agency, Role(m.role))
        for m in user.memberships.select_related("agency")
        if m.started_on <= today and (m.ended_on is None or m.ended_on > today)
    ]
    known.agencies = {agency.pk for agency, _ in seats}
    barred = set(Bar.objects.filter(user=user, lifted_at=None).values_list("case_id", flat=True))
    for share in CaseGroupObjectPermission.objects.select_related("content_object"):
        case = share.content_object
        if case.pk in barred or (share.until and share.until <= now):
            continue
        for agency, role in seats:
            personal = share.group_id == user.group_id
            through = share.group_id == agency.group_id and not case.is_restricted
            if (personal or through) and share.kind in ROLES[role].kinds:
                known.kinds.setdefault(case.pk, set()).add(share.kind)
                if share.kind == "coordinate" and str(role) in POLICE_ROLES:
                    known.police.add(case.pk)
    for case in Case.objects.filter(pk__in=known.kinds):
        known.references.add(case.reference)
    for referral in Referral.objects.filter(case_id__in=known.kinds):
        known.references.add(referral.reference)
    for agency, role in seats:
        known.logged |= logged_for(agency, role, barred)
    return known


def logged_for(agency, role, barred):
    """The cases of which the log speaks to an auditor: of police all of the area, else the shared."""
    cases = Case.objects.filter(area=agency.area).exclude(pk__in=barred)
    if role == Role.AUDITOR:
        shares = CaseGroupObjectPermission.objects.filter(group_id=agency.group_id)
        cases = cases.filter(pk__in=shares.values("content_object"), released_at__isnull=False)
    elif role != Role.POLICE_AUDITOR:
        return set()
    return set(cases.values_list("reference", flat=True))
