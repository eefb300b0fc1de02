"""Answers that mean different things and must stay apart: no, not known, not asked, declined."""

from django.db.models import TextChoices


class Answer(TextChoices):
    """The full set; a question offers those that make sense for it."""

    YES = "yes", "Yes"
    NO = "no", "No"
    SUSPECTED = "suspected", "Suspected"
    NOT_KNOWN = "not_known", "Not known"
    NOT_ASKED = "not_asked", "Not asked"
    DECLINED = "declined", "Declined to say"


class YesNo(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"


class YesNoUnknown(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class YesNoSuspected(TextChoices):
    YES = "yes", "Yes"
    SUSPECTED = "suspected", "Suspected"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"
