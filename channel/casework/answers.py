"""What agencies owe to the cases in somebody's care, and report of them, for my work."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care
from channel.casework.owed import with_case
from channel.casework.rows import Group, Row
from prevent_cms.components.text import gov_day
from referrals.models import Case, InformationRequest, InformationReturn


def duties(user: User) -> Iterable[Group]:
    """What was reported, what is overdue and what is waited for."""
    if not user.holds(Perm.INFORMATION_REQUEST):
        return
    ours = Case.objects.coordinated_by(user).select_related(None)
    ours = ours.filter(in_care(user)) if user.is_police else ours
    news = InformationReturn.objects.filter(
        request=OuterRef("pk"), is_change=True, read_at=None
    ).order_by()
    asked = InformationRequest.objects.visible_to(user).filter(
        Q(answered_at=None) | Exists(news), case__in=ours.order_by().values("pk")
    )
    asked = asked.exclude(agency_id__in=user.agency_ids).annotate(has_news=Exists(news))
    found = list(with_case(asked))
    rows = [_row(one) for one in found if not one.answered_at]
    late = [row for row in rows if row.late]
    rest = [row for row in rows if not row.late]
    told = [_news(one) for one in found if one.has_news]
    yield "changes", "Changes reported", "orange", "No agency reports a change.", told
    yield "late_answers", "Overdue answers", "red", "No answer is overdue.", late
    yield "waiting", "Waiting on others", "grey", "Nobody owes you an answer.", rest


def _row(one: InformationRequest) -> Row:
    since = (
        f"paused since {gov_day(one.paused_on)}" if one.paused_on else f"since {gov_day(one.at)}"
    )
    return Row(
        case=one.case,
        what="Return",
        url=reverse("case_requests", args=[one.case.reference]),
        waiting=f"{one.agency.name}, {since}",
        due_on=None if one.paused_on else one.due_on,
    )


def _news(one: InformationRequest) -> Row:
    return Row(
        case=one.case,
        what="Read what has changed",
        url=reverse("case_return", args=[one.case.reference, one.pk]),
        waiting=one.agency.name,
        due_on=None,
    )
