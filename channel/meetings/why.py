"""Why a case is on an agenda, in the words that stand beside it."""

import datetime

from django.utils import timezone

from channel.meetings.models import Decision
from channel.support.models import PostExitReview, Review
from prevent_cms.components.text import gov_date
from referrals.models import Case, Transfer

Seen = dict[int, datetime.datetime]  # case id -> when the panel last spoke of it


def new(case: Case, seen: Seen) -> str:
    """A case that the panel has not decided on."""
    if case.pk in seen:
        return f"Before the panel again. Last seen {gov_date(seen[case.pk])}."
    return f"New: the panel was convened on {gov_date(timezone.localdate(case.status_since))}."


def supported(case: Case, seen: Seen) -> str:
    """A case in support."""
    last = f"Last seen {gov_date(seen[case.pk])}." if case.pk in seen else "Not seen since."
    return f"Every open case comes to every panel until exit. {last}"


def leaving(decision: Decision, *, is_refused: bool) -> str:
    """A case whose exit is not endorsed by all."""
    decided = f"The panel decided on exit on {gov_date(decision.at)}."
    if is_refused:
        return f"{decided} It was not endorsed, so the panel decides again."
    return f"{decided} It is not fully endorsed yet."


def asked_to_leave(review: Review, seen: Seen) -> str:
    """A supported case whose last review asks the panel to let it go."""
    asks = f"The review of {gov_date(review.on)} recommends exit."
    case = review.case_id
    return f"{asks} Last seen {gov_date(seen[case])}." if case in seen else asks


def look(look: PostExitReview) -> str:
    """A review after exit."""
    return f"{look.months} months after exit, due on {gov_date(look.due_on)}."


def transfer(transfer: Transfer) -> str:
    """No step of it: the panel learns that the case may go and where, not what police do."""
    return f"A transfer to {transfer.to_area.name} was proposed on {gov_date(transfer.at)}."


def moved(reason: str, since: datetime.datetime) -> str:
    """The reason of a case that another meeting passed on."""
    return f"{reason} Moved here from {gov_date(since)}."
