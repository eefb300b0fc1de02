"""Every form that edits what others can edit too: where it stands, and two people who open it.

`PLACES` names each by its address. A new address that takes a form must be named here or in
`NO_EDITS`, with the reason why two people cannot overwrite each other there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse

from channel.meetings.models import PanelAction, PoliceNote
from channel.support.models import PlanItem, SupportPlan
from prevent_cms import clock
from tests import stages
from vaf.actions import assessments


@dataclass
class Opened:
    """A form as two people have it before them, and how to read what is saved."""

    url: str
    first: object
    second: object
    base: dict
    text: str  # the name of the answer that both write anew
    read: Callable[[], str]
    other: dict = field(default_factory=dict)


def dimension(world):
    case = stages.begun(world)
    draft = assessments.start(case, point="initial", by=world.officer)
    place = [case.reference, draft.pk, "engagement"]
    return Opened(
        reverse("case_assessment_dimension", args=place),
        world.officer,
        world.supervisor,
        {"E01_rating": "not_known", "E01_evidence": "As begun.", "sensitive": "no"},
        "E01_evidence",
        lambda: "".join(row.evidence for row in draft.ratings.all()),
    )


def item(world):
    stages.at_panel(world)
    found = stages.in_session(world).items.get()

    def read():
        from channel.meetings.models import Decision

        return Decision.objects.get(item=found).discussion

    return Opened(
        reverse("meeting_item", args=[found.meeting_id, found.number]),
        world.administrator,
        world.chair,
        {"discussion": "As begun."},
        "discussion",
        read,
    )


def note(world):
    stages.at_panel(world)
    found = stages.in_session(world).items.get()
    return Opened(
        reverse("meeting_note", args=[found.meeting_id, found.number]),
        world.officer,
        world.supervisor,
        {"text": "As begun."},
        "text",
        lambda: PoliceNote.objects.get(item=found).text,
    )


def home_force(world):
    from channel.meetings.models import HomeForce

    stages.at_panel(world)
    found = stages.in_session(world).items.get()
    return Opened(
        reverse("meeting_home_force", args=[found.meeting_id, found.number]),
        world.administrator,
        world.chair,
        {"force": "Begun Police"},
        "force",
        lambda: HomeForce.objects.get(item=found).force,
    )


def attendance(world):
    from channel.meetings.models import Attendance

    stages.at_panel(world)
    meeting = stages.in_session(world)
    rows = {}
    for row in Attendance.objects.filter(meeting=meeting):
        name = "seat-chair" if row.role == "chair" else f"seat-agency{row.agency_id}"
        rows |= {f"{name}-status": row.status, f"{name}-name": row.name}
    return Opened(
        reverse("meeting_attendance", args=[meeting.pk]),
        world.administrator,
        world.chair,
        rows,
        "seat-chair-note",
        lambda: Attendance.objects.get(meeting=meeting, role="chair").note,
    )


def panel_action(world):
    case = stages.supported(world)
    action = PanelAction.objects.get(case=case)
    return Opened(
        reverse("panel_action", args=[case.reference, action.pk]),
        world.chair,
        world.administrator,
        {"status": "not_possible", "note": "As begun."},
        "note",
        lambda: PanelAction.objects.get(pk=action.pk).note,
    )


def plan(world):
    case = stages.plan_written(world)
    answers = {"needs": "As begun.", "consent_how": "At home", "consent_by": "Lead Invented"}
    today = clock.today()
    for part in ("day", "month", "year"):
        answers[f"consent_on_{part}"] = str(getattr(today, part))
    roots = [str(row.root_id) for row in PlanItem.objects.filter(case=case)]
    answers |= {"carry_over": roots, "offered": ",".join(roots)}
    return Opened(
        reverse("case_plan_new", args=[case.reference]),
        world.lead,
        world.officer,
        answers,
        "needs",
        lambda: SupportPlan.objects.get(case=case, status="current").needs,
    )


def person_name(world):
    return Opened(
        reverse("person_name", args=[world.officer.pk]),
        world.sysadmin,
        world.sysadmin,
        {"name": "As Begun"},
        "name",
        lambda: type(world.officer).objects.get(pk=world.officer.pk).name,
    )


def answer(world):
    from referrals.models import InformationRequest, ReturnDraft

    case = stages.released(world)
    asked = InformationRequest.objects.get(case=case, agency=world.agency("children"))
    return Opened(
        reverse("request_part", args=[asked.pk, "trust"]),
        world.children,
        world.children,
        {"trust": "As begun."},
        "trust",
        lambda: ReturnDraft.objects.get(request=asked).trust,
    )


def policy_value(world):
    from accounts.models import Area

    today = clock.today()
    answers = {f"starts_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    return Opened(
        reverse("pathway_value", args=[world.area.slug, "vulnerable_word"]),
        world.sysadmin,
        world.sysadmin,
        {"value": "as begun", "confirmed": "yes"} | answers,
        "value",
        lambda: Area.objects.get(pk=world.area.pk).rules.vulnerable_word,
    )


def process(world):
    from referrals.actions import parallel

    case, today = stages.released(world), clock.today()
    words = {"lead": "Probation", "contact": "P. Invented", "ownership": "channel"}
    terms = parallel.Terms(**words, review_on=today)
    one = parallel.record_process(case, terms, kind="mappa", since=today, by=world.lead)
    answers = {f"review_on_{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    return Opened(
        reverse("case_parallel_edit", args=[case.reference, one.pk]),
        world.lead,
        world.chair,
        words | answers | {"note": "As begun."},
        "note",
        lambda: type(one).objects.get(pk=one.pk).note,
    )


def agreement(world):
    made = stages.agreement(world)
    answers = {
        "name": "As begun",
        "parties": [str(pk) for pk in made.parties],
        "holder": str(made.holder_id),
        "post": "Head of Community Safety",
    }
    for name in ("signed_on", "renews_on"):
        for part in ("day", "month", "year"):
            answers[f"{name}_{part}"] = str(getattr(getattr(made, name), part))
    return Opened(
        reverse("agreement_change", args=[made.pk]),
        world.lead,
        world.chair,
        answers,
        "name",
        lambda: type(made).objects.get(pk=made.pk).name,
    )


def meeting_change(world):
    found = stages.planned(world)
    day = found.starts_at.date()
    parts = {f"day_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    return Opened(
        reverse("meeting_change", args=[found.pk]),
        world.administrator,
        world.chair,
        {**parts, "time": "13:00", "length": "180", "place": "As begun."},
        "place",
        lambda: type(found).objects.get(pk=found.pk).place,
    )


def meeting_reply(world):
    from channel.meetings.models import Reply

    stages.at_panel(world)
    found = stages.issued(world)
    return Opened(
        reverse("meeting_reply", args=[found.pk, "council"]),
        world.administrator,
        world.chair,
        {"answer": "coming", "name": "Chair Invented", "note": "As begun."},
        "note",
        lambda: Reply.objects.get(meeting=found).note,
    )


def provider(world):
    made = stages.registered_provider(world)
    answers = {"specialisms": "As begun", "areas": [str(pk) for pk in made.areas]}
    for name in ("approved_from", "approved_until"):
        for part in ("day", "month", "year"):
            answers[f"{name}_{part}"] = str(getattr(getattr(made, name), part))
    return Opened(
        reverse("provider_change", args=[made.pk]),
        world.lead,
        world.administrator,
        answers,
        "specialisms",
        lambda: type(made).objects.get(pk=made.pk).specialisms,
    )


PLACES = {
    "provider_change": provider,
    "case_parallel_edit": process,
    "agreement_change": agreement,
    "request_part": answer,
    "case_assessment_dimension": dimension,
    "meeting_item": item,
    "meeting_note": note,
    "meeting_change": meeting_change,
    "meeting_reply": meeting_reply,
    "meeting_home_force": home_force,
    "meeting_attendance": attendance,
    "panel_action": panel_action,
    "case_plan_new": plan,
    "person_name": person_name,
    "pathway_value": policy_value,
}
# Versioned as well, but answered by a choice or a date and not by a text.
CHOICES = {"case_plan_item", "case_assign", "meeting_guest", "role_end", "agreement_renew"}

ADDS = "adds a row and changes none"
MOVES = "a step that the state lets happen once"
OWN = "one's own account, or one's own browser"
PUBLIC = "the public form, in one's own session"
READS = "changes nothing"
NO_EDITS = {
    "refer_begin": PUBLIC, "refer_check": PUBLIC, "refer_delete": PUBLIC, "refer_page": PUBLIC,
    "one_time": PUBLIC, "case_one_time": ADDS, "case_one_time_link": MOVES,
    "audit": READS, "audit_check": ADDS, "audit_export": READS,
    "session": OWN, "draft": OWN,
    "case_list": READS, "people": READS,
    "agreement_new": ADDS, "agreement_end": MOVES,
    "person_invite": ADDS, "role_add": ADDS, "person_act": MOVES,
    "saved_list_new": ADDS, "saved_list": "one's own list, and one's own alert of it",
    "saved_list_remove": MOVES, "case_timeline_copy": READS,
    "allocate": "offers, and the other accepts", "away_new": ADDS, "away_end": MOVES,
    "hand_over": "takes only cases that are still the leaver's",
    "request_check": MOVES, "request_nil": MOVES, "request_add": ADDS, "request_pass": MOVES,
    "case_changes_read": MOVES,
    "meeting_new": ADDS, "minutes_take": READS, "meeting_year": ADDS, "meeting_update": ADDS, "meeting_cancel": MOVES, "meeting_issue": MOVES, "meeting_open": MOVES, "meeting_close": MOVES,
    "minutes_approve": MOVES, "minutes_check": ADDS, "minutes_accurate": MOVES,
    "minutes_circulate": MOVES, "minutes_remark": MOVES, "minutes_item_remark": MOVES,
    "minutes_correct": "adds a version; refuses one that did not see the last",
    "meeting_person": ADDS, "meeting_conflict": ADDS, "meeting_start": MOVES,
    "meeting_pause": MOVES, "meeting_agree": ADDS, "meeting_agree_aloud": ADDS, "panel_duty": ADDS,
    "pack_pdf": READS, "pack_recall": MOVES,
    "pack_supplement": "each makes a version of its own",
    "meeting_invite": ADDS, "meeting_guest_withdraw": MOVES,
    "meeting_move": MOVES, "meeting_other": ADDS,
    "meeting_order": "numbers only; `seen` refuses one that did not see the last change",
    "case_offer": MOVES, "case_offer_withdraw": MOVES,
    "case_take": MOVES, "case_screening": MOVES, "case_hold": MOVES, "case_resume": MOVES,
    "case_deconfliction": "adds a check; `seen` refuses one that did not see the last",
    "case_referrer": ADDS, "case_overt": MOVES, "case_join": MOVES, "case_elsewhere": ADDS,
    "case_referral_release": MOVES, "case_threshold": ADDS,
    "case_earlier": "adds what was found of each earlier referral",
    "case_close": MOVES, "case_agree": ADDS, "case_reopen": MOVES,
    "case_feedback": "one word to each referrer, once",
    "case_release": MOVES, "case_request_more": ADDS, "case_chase": ADDS,
    "case_begin_assessment": MOVES, "case_said": ADDS,
    "case_request_dates": "adds a change; each can be made only as long as it is possible",
    "case_consent": ADDS,
    "case_assessment_start": MOVES, "case_assessment_sign": MOVES,
    "case_convene": ADDS,
    "case_parallel_new": ADDS, "case_parallel_end": MOVES,
    "case_notice_new": ADDS, "case_notice_read": MOVES, "notice_detail": MOVES,
    "case_route": ADDS, "case_share": ADDS, "case_register_correct": ADDS, "case_unshare": MOVES, "case_bar": ADDS, "case_bar_lift": MOVES,
    "case_restrict": "names everybody anew", "case_unrestrict": MOVES,
    "emergency": ADDS, "emergency_review": MOVES,
    "case_plan_item_new": ADDS, "case_plan_item_start": MOVES, "case_plan_consent": MOVES,
    "case_transfer": MOVES, "case_transfer_agree": MOVES, "case_transfer_withdraw": MOVES,
    "transfer": MOVES, "transfer_check": ADDS,
    "case_plan_item_session": ADDS, "case_plan_item_session_correct": MOVES,
    "case_plan_item_session_withdraw": MOVES,
    "case_plan_item_report": ADDS, "case_review_delay": ADDS,
    "provider_new": ADDS, "provider_check": ADDS,
    "case_review": ADDS, "case_exit": ADDS, "case_post_exit": MOVES,
}  # fmt: skip
