"""Who is invited to a meeting for one case, besides those who always come."""

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from channel.meetings.models.meeting import Meeting
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import MarkedItem


class Invitation(MarkedItem):
    """An agency, or a person without an account, invited for one case (R128-R130).

    It holds a name and an address from outside, so it is for coordinators alone.
    """

    class Answer(models.TextChoices):
        NONE = "none", "No answer yet"
        COMING = "coming", "Coming"
        APOLOGIES = "apologies", "Apologies"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="invitations")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    organisation = models.CharField(max_length=120, blank=True)
    contact = models.CharField(max_length=254, blank=True)  # an e-mail address or a telephone
    why = models.CharField(max_length=200)
    expected_as = models.CharField(max_length=60, blank=True)  # how channel.meetings.expected names
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.NONE)
    told_at = models.DateTimeField(null=True)  # when they first heard of a meeting for this case
    # Until when the case was shared for this invitation; null: not yet, or it was shared already.
    shared_until = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "case", "agency"], name="one_invitation_an_agency"
            ),
            models.UniqueConstraint(
                fields=["meeting", "case", "name"],
                condition=Q(agency=None),
                name="one_invitation_a_person",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False, name="", organisation="", contact="")
                | Q(agency=None) & ~Q(name=""),
                name="agency_or_person_is_invited",
            ),
            models.CheckConstraint(
                condition=Q(mark=Mark.COORDINATION), name="invitation_is_for_coordinators"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"

    @property
    def who(self) -> str:
        """The agency, or the person with what they are."""
        told = (self.name, self.organisation)
        return self.agency.name if self.agency else ", ".join(filter(None, told))

    @property
    def colour(self) -> str:
        """The colour of the tag that says what was answered."""
        return COLOURS[self.Answer(self.answer)]

    @property
    def email(self) -> str:
        """Where a mail goes to somebody without an account; nothing for a telephone."""
        return self.contact if "@" in self.contact else ""


COLOURS = {
    Invitation.Answer.NONE: "yellow",
    Invitation.Answer.COMING: "green",
    Invitation.Answer.APOLOGIES: "grey",
}
