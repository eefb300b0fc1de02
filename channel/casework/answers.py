"""What agencies owe to the cases in somebody's care, and report of them, for my work."""

from collections.abc import Iterable

from django.db.models import CharField, Q, Value
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care
from channel.casework.owed import with_case
from channel.casework.rows import Group, Row
from prevent_cms import clock
from prevent_cms.components.text import gov_day
from prevent_cms.marking import Mark
from referrals.models import Case, InformationRequest, InformationReturn


def duties(user: User) -> Iterable[Group]:
    """What was reported, what is overdue and what is waited for."""
    if not user.holds(Perm.INFORMATION_REQUEST):
        return
    ours = Case.objects.coordinated_by(user).select_related(None)
    ours = ours.filter(in_care(user)) if user.is_police else ours
    # What a coordinator may read of the case is what `visible_to` would leave of its requests.
    asked = InformationRequest.objects.filter(
        mark=Mark.COORDINATION, case__in=ours.order_by().values("pk")
    ).exclude(agency_id__in=user.agency_ids)
    unread = InformationReturn.objects.filter(is_change=True, read_at=None).order_by()
    is_late = Q(paused_on=None, due_on__lt=clock.today())
    lists = {
        "changes": asked.filter(pk__in=unread.values("request")),
        "late_answers": asked.filter(is_late, answered_at=None),
        "waiting": asked.filter(~is_late, answered_at=None),
    }
    first, *others = (
        with_case(rows.annotate(list=Value(name, CharField()))) for name, rows in lists.items()
    )
    found: dict[str, list[Row]] = {name: [] for name in lists}
    for one in first.union(*others, all=True):
        found[one.list].append(_news(one) if one.list == "changes" else _row(one))
    told, late, rest = found.values()
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
