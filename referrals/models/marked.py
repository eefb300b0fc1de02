"""The base of every row that holds case material: whose case it is and who may read it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

from accounts import grants
from accounts.models import User
from accounts.roles import ShareKind
from prevent_cms.marking import Mark
from referrals.models.case import Case

M = TypeVar("M", bound=models.Model)


class MarkedQuerySet(models.QuerySet[Any]):
    """Rows of case material. Every list, search, count, export and PDF starts with `visible_to`."""

    def visible_to(self, user: User) -> "MarkedQuerySet":
        """Only what this user may read now."""
        return self.filter(self.readable(user))

    def readable(self, user: User) -> Q:
        """The condition that a row's case is shared in a kind that shows the row."""
        rows: defaultdict[grants.Usable, Q] = defaultdict(Q)  # one look at the shares for each
        for held, shown in self.shown(user):
            rows[held] |= shown
        rule = Q(pk__in=[])
        for held, shown in rows.items():
            shared = grants.is_shared(user, Case, held, case="case_id")
            if shared is not None:
                rule |= Q(shown, shared)
        return rule

    def shown(self, user: User) -> Iterator[tuple[grants.Usable, Q]]:
        """Which rows which shares show: those with a mark that the kind of share covers.

        Where the model says so, a row that names an agency is also readable by that agency (its
        own request, its own return) while it has such a share of the case, save what is POLICE.
        What it keeps to itself (AGENCY) is for its people and for no preview of the case.
        """
        for mark in (Mark.POLICE, Mark.COORDINATION, Mark.PANEL):
            yield grants.usable(user, mark=mark), Q(mark=mark)
        if self.model.own_agency_kinds:
            kept = [Mark.POLICE] if user.pk else [Mark.POLICE, Mark.AGENCY]
            own = ~Q(mark__in=kept) & Q(agency_id__in=user.agency_ids)
            yield grants.usable(user, self.model.own_agency_kinds), own


class MarkedItem(models.Model):
    """Case material with its handling mark.

    A model with an `agency` field names in `own_agency_kinds` the kinds of share with which that
    agency may read its rows.
    """

    own_agency_kinds: frozenset[ShareKind] = frozenset()

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=12, choices=Mark.choices, default=Mark.COORDINATION)

    objects = MarkedQuerySet.as_manager()

    class Meta:
        abstract = True
