"""The items of a meeting with all that was recorded of them, in few queries; for no reader as such."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Subquery

from channel.meetings import queries
from channel.meetings.models import AgendaItem, Meeting, PanelAction, Spell
from channel.meetings.timing import Timing
from prevent_cms.marking import Mark
from referrals.models import Case, PersonFact

ACTIONS = Prefetch("decision__actions", PanelAction.objects.select_related("agency"))


def items(meeting: Meeting) -> list[Any]:
    """The items with decision, actions, who withdrew, the newest name and when they were heard."""
    heard = Spell.objects.filter(item=OuterRef("pk")).order_by("began_at", "pk")
    return list(
        AgendaItem.objects.filter(meeting=meeting)
        .exclude(mark=Mark.POLICE)  # the database lets none of what hangs on it be POLICE
        .select_related("case", "moved_to", "decision__by", "home_force__spoken_for_by")
        .prefetch_related("withdrawals", ACTIONS)
        .annotate(
            name=_name_of("case"),
            began=ArraySubquery(heard.values("began_at")),
            ended=ArraySubquery(heard.values("ended_at")),
        )
    )


def timing(meeting: Meeting, items: list[Any]) -> Timing:
    """When each item was heard; the minutes say nothing of breaks."""
    return Timing(
        meeting,
        [
            Spell(item=item, began_at=began, ended_at=ended)
            for item in items
            for began, ended in zip(item.began, item.ended, strict=True)
        ],
    )


def initials(cases: list[int]) -> dict[int, str]:
    """Case id -> initials, from names that every panel member may read."""
    names = Case.objects.filter(pk__in=cases).annotate(found=_name_of("pk"))
    found = names.values_list("pk", "found")
    return {pk: queries.short(name) for pk, name in found if name}


def _name_of(case: str) -> Subquery:
    """The newest name of the person of a case, of those that every panel member may read."""
    names = PersonFact.objects.filter(
        case=OuterRef(case), kind=PersonFact.Kind.NAME, mark__in=[Mark.COORDINATION, Mark.PANEL]
    )
    return Subquery(names.order_by("-pk").values("value")[:1])
