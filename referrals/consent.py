"""What the log of consent says now (R109-R123). The log itself is written by actions/consent.py."""

from accounts.models import User
from prevent_cms import clock
from referrals.models import Case, Consent, PersonFact

MENTAL_CAPACITY_ACT_FROM = 16


def in_force(case: Case, about: str) -> Consent | None:
    """The newest entry about sharing or support: the position that counts now, or None."""
    return Consent.objects.filter(case=case, about=about).order_by("-at", "-pk").first()


def support_consent(case: Case) -> Consent | None:
    """The position in force on Channel support; support starts only while it is GIVEN."""
    return in_force(case, Consent.About.SUPPORT)


def decides_alone(user: User, case: Case) -> bool:
    """Whether, by the facts this reader may see, the person is 16 or over (MCA 2005, s.2(5))."""
    facts = PersonFact.objects.visible_to(user).filter(case=case)
    born = facts.filter(kind=PersonFact.Kind.BORN, date__isnull=False).first()
    if born:
        return bool(clock.add_months(born.date, MENTAL_CAPACITY_ACT_FROM * 12) <= clock.today())
    age = facts.filter(kind=PersonFact.Kind.AGE).first()
    return bool(age and age.value.isdecimal() and int(age.value) >= MENTAL_CAPACITY_ACT_FROM)
