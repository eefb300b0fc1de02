"""What the log of consent says now (R109-R123). The log itself is written by actions/consent.py."""

from referrals.models import Case, Consent


def in_force(case: Case, about: str) -> Consent | None:
    """The newest entry about sharing or support: the position that counts now, or None."""
    return Consent.objects.filter(case=case, about=about).order_by("-at", "-pk").first()


def support_consent(case: Case) -> Consent | None:
    """The position in force on Channel support; support starts only while it is GIVEN."""
    return in_force(case, Consent.About.SUPPORT)
