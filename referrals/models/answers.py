"""What an agency is writing in answer to a request, before anybody else may read it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.information import InformationRequest, InformationReturn
from referrals.models.marked import MarkedItem


class ReturnDraft(MarkedItem):
    """An answer as far as it is written; the agency's own until it is sent, and then it goes.

    It can be passed to a colleague, who writes; who passed it on countersigns and sends.
    """

    own_agency_kinds = frozenset({ShareKind.RESPOND})

    request = models.OneToOneField(
        InformationRequest, on_delete=models.PROTECT, related_name="draft"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    known = models.CharField(max_length=10, choices=InformationReturn.Known.choices, blank=True)
    systems_searched = models.CharField(max_length=300, blank=True)
    involvement = models.TextField(blank=True)
    support_in_place = models.TextField(blank=True)
    vulnerability = models.TextField(blank=True)
    protective = models.TextField(blank=True)
    trust = models.TextField(blank=True)
    power = models.CharField(max_length=300, blank=True)
    done = ArrayField(models.SlugField(), default=list)  # the screens that are finished
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=clock.now)
    passed_to = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    passed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    passed_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)  # to the colleague
    written_at = models.DateTimeField(null=True)  # since then it waits to be countersigned
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(mark=Mark.AGENCY), name="draft_is_the_agencys_own"),
            models.CheckConstraint(
                condition=Q(passed_to=None, passed_by=None, passed_at=None, written_at=None)
                | Q(passed_to__isnull=False, passed_by__isnull=False, passed_at__isnull=False),
                name="passed_draft_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"Draft for request {self.request_id}"
