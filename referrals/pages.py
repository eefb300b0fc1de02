"""What every case page shares: the bar, the tabs that have begun, and the record of the look."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.http import SignedInRequest
from accounts.permissions import Perm
from prevent_cms import conflict
from prevent_cms.components.text import age, gov_date
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from prevent_cms.marking import Mark
from prevent_cms.presentation import CaseBar, NextAction, Tab
from referrals import clearance, consent, handovers, next_steps, previews, threshold
from referrals.access import ASKED, Reader, request_note
from referrals.ageing import words as of_age
from referrals.glance import Glance, Offer, glance
from referrals.information import ASK, TO_ASK, may_ask
from referrals.models import Case
from referrals.waiting import NOTHING, Waiting, waiting, why_of_requests
from referrals.workflow import Status

# Stage -> the one next action: words, route, permission, why.
NEXT_ACTIONS: dict[Status, tuple[str, str, Perm, str]] = {
    Status.RECEIVED: ("Take this referral", "case_take", Perm.CASE_TAKE, "nobody has it yet"),
    Status.SCREENING: (
        "Record screening",
        "case_screening",
        Perm.SCREENING_RECORD,
        "decide whether it goes on",
    ),
    Status.DECONFLICTION: (
        "Check for investigations",
        "case_deconfliction",
        Perm.DECONFLICTION_RECORD,
        "before anyone else may know",
    ),
    Status.INFORMATION_GATHERING: (
        "See the requests",
        "case_requests",
        Perm.INFORMATION_REQUEST,
        "agencies are answering",
    ),
    Status.ASSESSMENT: (
        "Assess and convene",
        "case_assessments",
        Perm.ASSESSMENT_WRITE,
        "rate the factors, then convene",
    ),
    Status.PANEL: ("See the panel", "case_panel", Perm.MEETING_VIEW, "for the next meeting"),
    Status.SUPPORT: ("See the plan", "case_plan", Perm.PLAN_WRITE, "support and monthly review"),
    Status.HELD: ("Check again", "case_deconfliction", Perm.DECONFLICTION_RECORD, "it is held"),
}

CONVENE = ("Sign off convening", "case_convene", Perm.CONVENING_SIGN, "to bring it to the panel")
CHECK_JOINED = (
    "Check the further referral",
    "case_deconfliction",
    Perm.DECONFLICTION_RECORD,
    "it has joined this case",
)
RELEASE_JOINED = (
    "Release the further referral",
    "case_referral_release",
    Perm.CASE_RELEASE,
    "it is clear",
)
RELEASE = ("Release", "case_release", Perm.CASE_RELEASE, "it is clear")  # once it is cleared
POSTED = {"case_take"}  # acts of one press; the others lead to a page
ORDER = list(Status)
# That somebody looked at one of these says what police do, so only police may know of the look.
POLICE_PAGES = frozenset(
    {
        "case_screening",
        "case_overt",
        "case_referrer",
        "case_join",
        "case_elsewhere",
        "case_referral_release",
        "case_state",
        "case_close",
        "case_assign",
        "case_offer",
        "case_notices",
        "case_notice_new",
        "case_feedback",
    }
)


def next_action(reader: Reader, here: str, seen: Glance, wait: Waiting) -> NextAction:
    """The one thing this reader can do next, with the reason; without a link when it is not theirs.

    `here` is the page that is drawn, which needs no button leading to itself.
    """
    found = _of_stage(reader, seen, wait) or _of_partner(reader, wait)
    if found is None:
        return NextAction(NOTHING, why=_whose_turn(reader))
    label, route, why = found
    if route == here:
        return NextAction(label, why=f"{why}, on this page")
    if route == "request_detail":
        url = reverse(route, args=[wait.request])
        return NextAction(label, url, why, is_quiet=not wait.is_owed)
    url = reverse(route, args=[reader.case.reference])
    return NextAction(label, url, why, route in POSTED)


def _of_stage(reader: Reader, seen: Glance, wait: Waiting) -> tuple[str, str, str] | None:
    """What the stage asks of this reader: words, route, why."""
    case, stage = reader.case, reader.stage
    if stage == Status.CLOSED and not _of_joined(reader, seen):
        reviews = bool(case.next_due_on) and reader.may(Perm.REVIEW_RECORD)
        return ("See the plan", "case_plan", "a review after the exit is due") if reviews else None
    label, route, perm, why = NEXT_ACTIONS.get(stage, CHECK_JOINED)
    if stage == Status.RECEIVED and case.owner_id:
        return (label, route, "it was given to you") if case.owner_id == reader.user.pk else None
    if stage == Status.DECONFLICTION and clearance.is_clear(case):
        label, route, perm, why = RELEASE
    if stage == Status.INFORMATION_GATHERING:
        why = why_of_requests(wait)
        if case.next_due_what == TO_ASK:
            return ASK if may_ask(reader) else None
    if step := _of_police(reader, seen, route):
        label, route, perm, why = step
    if stage == Status.ASSESSMENT and not reader.may(perm):
        label, route, perm, why = CONVENE
    return (label, route, why) if reader.may(perm) else None


def _of_police(reader: Reader, seen: Glance, route: str) -> threshold.Action | None:
    """What police have to do before the step that the stage would ask of them."""
    if not reader.is_police:
        return None
    agreed = next_steps.next_step(reader.case, seen.signed)
    agreed = next_steps.AGREEMENT if seen.lacks_agreement else agreed
    return agreed or _of_threshold(reader, seen, route) or _of_joined(reader, seen)


def _of_threshold(reader: Reader, seen: Glance, route: str) -> threshold.Action | None:
    """The test, where policy wants it before the step that would be next, or that it was not met."""
    if route == "case_deconfliction":  # the check comes first
        return None
    return threshold.next_step(reader.case, reader.stage, seen.is_vulnerable)


def _of_joined(reader: Reader, seen: Glance) -> threshold.Action | None:
    """A further referral that has joined a released case, and that only police know of."""
    if seen.is_joined_clear is None or reader.stage == Status.HELD:
        return None
    return RELEASE_JOINED if seen.is_joined_clear else CHECK_JOINED


def _of_partner(reader: Reader, wait: Waiting) -> tuple[str, str, str] | None:
    """What a share that is no coordination asks of this reader."""
    if wait.request and reader.may(Perm.INFORMATION_RETURN):
        if wait.is_owed:
            return "Answer the request", "request_detail", "your answer is waited for"
        if reader.is_only_asked:
            return "Open the request", "request_detail", "if something changes"
    if reader.stage == Status.SUPPORT and reader.may(Perm.SUPPORT_DELIVER):
        return "See the plan", "case_plan", "for your part of it"
    return None


def _whose_turn(reader: Reader) -> str:
    is_closed = reader.stage == Status.CLOSED and not reader.is_only_asked
    return "the case is closed" if is_closed else "it is with others now"


def tabs(reader: Reader, active: str) -> list[Tab]:
    """The tabs this reader has now: those whose stage has begun and whose items they may read."""
    case = reader.case
    released = case.is_released
    begun = ORDER.index(case.stage) if released else 0
    rows = [
        ("Overview", "case_overview", True),
        ("Referral", "case_referral", reader.is_coordinator),
        ("Screening", "case_screening", reader.is_police and case.status != Status.RECEIVED),
        (
            "Threshold",
            "case_threshold",
            (reader.is_police and case.status != Status.RECEIVED)
            or (reader.is_coordinator and released),
        ),
        ("Information requests", "case_requests", reader.is_coordinator and released),
        ("Sharing", "case_sharing", reader.is_coordinator),
        ("Consent", "case_consent", reader.is_coordinator and released),
        (
            "Assessment",
            "case_assessments",
            reader.is_coordinator and begun >= ORDER.index(Status.ASSESSMENT),
        ),
        ("Panel", "case_panel", Mark.PANEL in reader.marks and begun >= ORDER.index(Status.PANEL)),
        ("Plan", "case_plan", begun >= ORDER.index(Status.SUPPORT) and not reader.is_only_asked),
        ("Timeline", "case_timeline", True),
        ("Access log", "case_access", reader.is_coordinator),
    ]
    return [
        Tab(title, reverse(route, args=[case.reference]), route == active)
        for title, route, shown in rows
        if shown
    ]


def person_lines(reader: Reader) -> tuple[str, str]:
    """Name and "16 years old, born 4 March 2010", from the facts this reader may see."""
    facts = {fact.kind: fact for fact in reversed(reader.facts)}  # the first of each kind
    name = facts["name"].value if "name" in facts else "Name not known"
    if "born" in facts and facts["born"].date:
        born = facts["born"].date
        return name, f"{age(born)}, born {gov_date(born)}"
    return name, f"about {facts['age'].value} years old" if "age" in facts else "Age not known"


def bar_for(reader: Reader, active: str) -> CaseBar:
    """Everything the case bar says to this reader; of a request only whether it is waited for."""
    case, (name, born_line) = reader.case, person_lines(reader)
    seen = glance(reader)
    wait = waiting(reader, seen.requests)
    told = CaseBar(
        reference=case.reference,
        name=name,
        born_line=born_line,
        owner_agency=case.owner_agency.name,
        waiting=wait.who,
        waiting_since=wait.since,
        due_what=wait.due_what,
        due_on=wait.due_on,
        late=case.area.late_words(wait.due_on),
        consent=_to_consider(reader, seen),
        of_age=of_age(reader, seen.routed_at),
        next_action=next_action(reader, active, seen, wait),
        tabs=tabs(reader, active),
    )
    if reader.is_only_asked:  # which officer has it now would tell how the case goes on
        return replace(told, stage=ASKED, stage_note=request_note(wait.is_owed))
    return replace(
        told,
        offered_to=_offered(reader, seen.offer) if seen.offer else "",
        offer_url=_offer_url(reader, seen.offer) if seen.offer else "",
        moving=seen.moving,
        stage=reader.stage.label,
        stage_note=reader.stage_note,
        since=case.status_since,
        owner=case.owner.name if case.owner else "Not yet taken",
    )


def _to_consider(reader: Reader, seen: Glance) -> str:
    """What the head of the case says of consent to its coordinators once it is released."""
    is_told = reader.is_coordinator and reader.case.is_released
    return consent.to_consider(reader.case, seen.considered) if is_told else ""


def _offered(reader: Reader, offer: Offer) -> str:
    return "Offered to you" if offer.to == reader.user.pk else f"Offered to {offer.name}"


def _offer_url(reader: Reader, offer: Offer) -> str:
    """Where this reader can answer the offer or take it back."""
    if offer.to == reader.user.pk:
        return reverse("case_offer", args=[reader.case.reference])
    may = handovers.may_give(reader)
    return reverse("case_assign", args=[reader.case.reference]) if may else ""


def render_case(
    request: SignedInRequest,
    case: Case,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    tab: str,
) -> HttpResponse:
    """Draw a case page, then record the look before the bytes leave: no event, no page.

    A view that has made a `reader` passes it in the context, so that shares are asked for once.
    """
    reader = (context or {}).get("reader") or Reader(request.user, case)
    template, context, status = conflict.page(template, context or {})
    page = {"case": case, "reader": reader, "bar": bar_for(reader, tab), **context}
    if previews.is_one(request):  # the preview remembers itself
        return render(request, template, page | previews.framed(page["bar"]), status=status)
    response = render(request, template, page, status=status)
    mark = Mark.POLICE if reader.is_police and tab in POLICE_PAGES else None
    record_view(EventType.CASE_VIEWED, by=request.user, case=case, mark=mark, page=tab)
    return response
