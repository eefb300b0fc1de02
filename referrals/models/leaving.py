"""What has to be said when a case leaves, as columns: of the closure, and of what leads to it."""

from django.db import models
from django.db.models import Q


class LeavingAnswers(models.Model):
    """The same answers at every stage; an empty yes or no means that nobody has been asked yet."""

    destination = models.TextField(blank=True)  # R213
    handed_over_on = models.DateField(null=True)  # R135, R136
    health_and_care_considered = models.TextField(blank=True)  # CTSA 2015 s.36(6)
    safeguarding_concern = models.BooleanField(null=True)
    safeguarding_person = models.CharField(max_length=200, blank=True)  # R31, R218
    safeguarding_raised_on = models.DateField(null=True)
    significant_harm = models.BooleanField(null=True)
    social_care = models.CharField(max_length=300, blank=True)  # R33
    crime = models.BooleanField(null=True)
    crime_passed_to = models.CharField(max_length=200, blank=True)  # R39
    crime_passed_on = models.DateField(null=True)

    class Meta:
        abstract = True


def _no(name: str) -> Q:
    return Q(**{name: None}) | Q(**{name: False})


LEAVING_RULES = (
    models.CheckConstraint(
        condition=_no("safeguarding_concern")
        | (~Q(safeguarding_person="") & Q(safeguarding_raised_on__isnull=False)),
        name="%(class)s_concern_is_raised",
    ),
    models.CheckConstraint(
        condition=_no("significant_harm") | (Q(safeguarding_concern=True) & ~Q(social_care="")),
        name="%(class)s_harm_has_social_care",
    ),
    models.CheckConstraint(
        condition=_no("crime") | (~Q(crime_passed_to="") & Q(crime_passed_on__isnull=False)),
        name="%(class)s_crime_is_passed_on",
    ),
)
