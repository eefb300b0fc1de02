"""The base of every row that holds case material: whose case it is and who may read it."""

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
        """The condition that a row's case is shared in a kind that covers the row's mark.

        Where the model says so, a row that names an agency is also readable by that agency (its
        own request, its own return) while it has such a share of the case, save what is POLICE.
        What it keeps to itself (AGENCY) is for its people and for no preview of the case.
        """
        rule = Q(pk__in=[])
        for mark in (Mark.POLICE, Mark.COORDINATION, Mark.PANEL):
            shared = grants.is_shared(user, Case, case="case_id", mark=mark)
            if shared is not None:
                rule |= Q(shared, mark=mark)
        own = grants.is_shared(user, Case, case="case_id", kinds=self.model.own_agency_kinds)
        if own is not None:
            kept = [Mark.POLICE] if user.pk else [Mark.POLICE, Mark.AGENCY]
            rule |= Q(own, ~Q(mark__in=kept), agency_id__in=user.agency_ids)
        return rule


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
