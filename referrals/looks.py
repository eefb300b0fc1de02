"""Who looked at a case: the access log that its coordinators read."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.history.paging import page_of
from referrals.access import Reader

PAGE = 30
LOOKS = (
    EventType.CASE_VIEWED,
    EventType.CASE_PREVIEWED,
    EventType.EXPORTED,
    EventType.GLASS_BROKEN,
)
# What an event calls a page -> what people call it.
PAGES = {
    "case_overview": "Overview",
    "case_referral": "Referral",
    "case_screening": "Screening and deconfliction",
    "case_state": "Holding, resuming, reopening",
    "case_close": "Closing",
    "case_assign": "Owner",
    "case_offer": "Offer of the case",
    "case_release": "Release",
    "case_requests": "Information requests",
    "case_request_more": "Asking another agency",
    "case_consent": "Consent",
    "case_assessments": "Assessment",
    "case_convene": "Convening the panel",
    "case_parallel": "Beside Channel",
    "case_panel": "Panel",
    "meeting_item": "Panel, item of a meeting",
    "case_plan": "Support plan",
    "case_timeline": "Timeline",
    "case_sharing": "Sharing",
    "case_register": "Register of disclosures",
    "case_access": "Access log",
    "case_why": "Why can I see this case?",
    "emergency_review": "Review of an emergency",
    "request": "Own request",
    "answer": "Own answer",
    "nil": "Nil return",
}


@dataclass(frozen=True)
class Look:
    """One line of the log."""

    at: datetime.datetime
    who: str
    what: str
    page: str
    is_warning: bool


@dataclass(frozen=True)
class LooksPage:
    looks: list[Look]
    older: int | None = None  # the look before which the next page begins
    is_first: bool = True


def looks(reader: Reader, before: str = "") -> LooksPage:
    """A page of who looked, newest first; an unknown `before` is as if none was given.

    What only police may know stays with police, as do refusals. Outside police the log begins
    with the release.
    """
    found, older, is_first = page_of(_readable(reader), before, PAGE)
    return LooksPage([_look(event) for event in found], older, is_first)


def _readable(reader: Reader) -> QuerySet[Event]:
    case, marks = reader.case, [str(mark) for mark in reader.marks]
    looked = Q(case_reference=case.reference, type__in=LOOKS, mark__in=marks)
    if reader.is_police:
        refused = Q(type=EventType.REFUSED, asked_for=case.reference)
        events = Event.objects.annotate(asked_for=KT("details__asked_for"))
        return events.filter(looked | refused).order_by("-at", "-pk")
    released = case.released_at
    events = Event.objects.filter(looked, at__gte=released) if released else Event.objects.none()
    return events.order_by("-at", "-pk")


def _look(event: Event) -> Look:
    page: Any = event.details.get("page", "")
    words = PAGES.get(page.rsplit(":")[-1], "Another page of the case") if page else ""
    if event.type == EventType.CASE_PREVIEWED:
        words = f"{words}, as {event.details.get('agency')}"
    return Look(
        at=event.at,
        who=event.actor_label,
        what=event.sentence,
        page=words,
        is_warning=event.type in (EventType.GLASS_BROKEN, EventType.REFUSED),
    )
