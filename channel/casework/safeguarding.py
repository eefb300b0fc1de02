"""What safeguarding notices ask of somebody: an answer, or reading the answer that came (R29)."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care
from channel.casework.rows import MOST, Group, Row
from prevent_cms.components.text import gov_day
from referrals import notices
from referrals.models import Case, ReceivedNotice, SafeguardingNotice


def duties(user: User) -> Iterable[Group]:
    """The lists this person has, each only when there is something in it."""
    if user.holds(Perm.NOTICE_ANSWER) and (asked := _to_answer(user)):
        yield "notices", "Safeguarding notices", "red", "", asked
    if user.holds(Perm.NOTICE_SEND) and (sent := _sent(user)):
        yield "notices_sent", "Safeguarding notices you sent", "purple", "", sent


def _to_answer(user: User) -> list[Row]:
    """What this person's agencies were told and have not answered."""
    rows = notices.addressed_to(user).filter(answered_at=None).order_by("due_on", "pk")
    return [_asked(one) for one in rows[: MOST + 1]]


def _asked(one: ReceivedNotice) -> Row:
    return Row(
        case=None,
        area=one.agency.area,
        title=f"Notice of {gov_day(one.at)}",
        what="Answer the notice",
        url=reverse("notice_detail", args=[one.key]),
        waiting=one.agency.name,
        due_on=one.due_on,
    )


def _sent(user: User) -> list[Row]:
    """Answers that nobody has read, then answers that have not come, of cases in their care.

    Outside police a notice is in the care of who sent it.
    """
    rows = SafeguardingNotice.objects.visible_to(user).filter(read_at=None)
    if user.is_police:
        cases = Case.objects.coordinated_by(user).select_related(None).filter(in_care(user))
        rows = rows.filter(Q(case__in=cases.order_by().values("pk")) | Q(by=user))
    else:
        rows = rows.filter(by=user)
    found = rows.select_related("case__area", "agency").order_by("answered_at", "due_on", "pk")
    return [_returned(one) for one in found[: MOST + 1]]


def _returned(one: SafeguardingNotice) -> Row:
    answered = one.answered_at is not None
    return Row(
        case=one.case,
        what="Read the answer" if answered else "Answer to the notice",
        url=reverse("case_notices", args=[one.case.reference]),
        waiting=f"You, since {gov_day(one.answered_at)}" if answered else one.agency.name,
        due_on=None if answered else one.due_on,
    )
