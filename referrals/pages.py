"""What every case page shares: the bar, the tabs that have begun, and the record of the look."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Count, Min
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.http import SignedInRequest
from accounts.permissions import Perm
from prevent_cms import clock, conflict
from prevent_cms.components.text import age, gov_date
from prevent_cms.history import EventType
from prevent_cms.history.record import record_view
from prevent_cms.marking import Mark
from prevent_cms.presentation import CaseBar, NextAction, Tab
from referrals import clearance, previews
from referrals.access import ASKED, Reader, request_note
from referrals.models import Case, InformationRequest
from referrals.workflow import BEFORE_RELEASE, Status

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

RELEASE = ("Release", "case_release", Perm.CASE_RELEASE, "it is clear")  # once it is cleared
POSTED = {"case_take"}  # acts of one press; the others lead to a page
ORDER = list(Status)
# That somebody looked at one of these says what police do, so only police may know of the look.
POLICE_PAGES = frozenset({"case_screening", "case_state", "case_close", "case_assign"})


def next_action(reader: Reader, here: str = "") -> NextAction | None:
    """The one thing this reader can do next, or None when it is somebody else's turn.

    `here` is the page that is drawn, which needs no button leading to itself.
    """
    case = reader.case
    if reader.stage not in NEXT_ACTIONS:
        return None
    label, route, perm, why = NEXT_ACTIONS[reader.stage]
    if reader.stage == Status.DECONFLICTION and clearance.is_clear(case):
        label, route, perm, why = RELEASE
    if reader.stage == Status.ASSESSMENT and not reader.may(perm):
        label, route, perm, why = (
            "Sign off convening",
            "case_convene",
            Perm.CONVENING_SIGN,
            "to bring it to the panel",
        )
    if route == here or not reader.may(perm):
        return None
    return NextAction(label, reverse(route, args=[case.reference]), why, route in POSTED)


def tabs(reader: Reader, active: str) -> list[Tab]:
    """The tabs this reader has now: those whose stage has begun and whose items they may read."""
    case = reader.case
    released = case.is_released
    begun = ORDER.index(case.stage) if released else 0
    panel = Mark.PANEL in reader.marks
    rows = [
        ("Overview", "case_overview", True),
        ("Referral", "case_referral", reader.is_coordinator),
        ("Screening", "case_screening", reader.is_police and case.status != Status.RECEIVED),
        ("Information requests", "case_requests", reader.is_coordinator and released),
        ("Sharing", "case_sharing", reader.is_coordinator),
        ("Consent", "case_consent", reader.is_coordinator and released),
        (
            "Assessment",
            "case_assessments",
            reader.is_coordinator and begun >= ORDER.index(Status.ASSESSMENT),
        ),
        ("Panel", "case_panel", panel and begun >= ORDER.index(Status.PANEL)),
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
    facts = {fact.kind: fact for fact in reader.facts}
    name = facts["name"].value if "name" in facts else "Name not known"
    if "born" in facts and facts["born"].date:
        born = facts["born"].date
        return name, f"{age(born)}, born {gov_date(born)}"
    return name, f"about {facts['age'].value} years old" if "age" in facts else "Age not known"


def bar_for(reader: Reader, active: str) -> CaseBar:
    """Everything the case bar says to this reader; of a request only whether it is waited for."""
    case = reader.case
    name, born_line = person_lines(reader)
    waiting, waiting_since, due_what, due_on = _waiting(reader)
    told = CaseBar(
        reference=case.reference,
        name=name,
        born_line=born_line,
        waiting=waiting,
        waiting_since=waiting_since,
        due_what=due_what,
        due_on=due_on,
        late=clock.due_words(due_on) if due_on and due_on < clock.today() else "",
        tabs=tabs(reader, active),
    )
    if reader.is_only_asked:
        return replace(told, stage=ASKED, stage_note=request_note(due_on is not None))
    return replace(
        told,
        stage=reader.stage.label,
        stage_note=reader.stage_note,
        since=case.status_since,
        owner=case.owner.name if case.owner else "Not yet taken",
        owner_agency=case.owner_agency.name,
        next_action=next_action(reader, active),
    )


def _waiting(reader: Reader) -> tuple[str, Any, str, Any]:
    """Waiting for whom, since when, and what is due: from what this reader may know."""
    case = reader.case
    if reader.stage in BEFORE_RELEASE:  # nobody has been asked
        who = case.owner.name if case.owner else "An officer to take it"
        return who, case.status_since, case.next_due_what, case.next_due_on
    asked = (
        InformationRequest.objects.visible_to(reader.user)
        .filter(case=case, answered_at=None)
        .exclude(case__status=Status.CLOSED)
    )
    outstanding = asked.aggregate(first=Min("at"), due=Min("due_on"), count=Count("pk"))
    count = outstanding["count"]
    if not reader.is_coordinator:
        if count:
            return "Your answer", outstanding["first"], "Your return", outstanding["due"]
        note = "" if reader.is_only_asked else reader.stage_note
        return note or "Nothing from you", None, "", None
    if count and case.stage == Status.INFORMATION_GATHERING:
        waiting = f"{count} {'agency' if count == 1 else 'agencies'}"
        return waiting, outstanding["first"], "Returns from agencies", outstanding["due"]
    if reader.stage_note:
        return reader.stage_note, case.status_since, case.next_due_what, case.next_due_on
    who = case.owner.name if case.owner else "An officer to take it"
    return who, case.status_since, case.next_due_what, case.next_due_on


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
