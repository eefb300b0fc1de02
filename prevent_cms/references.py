"""References that can be said aloud and give nothing away: area, year, six digits, check character.

The digits are a keyed permutation of a counter, so neither a gap nor a neighbouring number tells
anybody how many there are; case and referral use different keys and so are unrelated.
"""

import hashlib
import hmac
import re

from django.conf import settings
from django.db import models

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # no I, O, Q: they are misheard and misread
PATTERN = re.compile(r"^[A-Z]{3}-\d{2}-\d{6}-[A-Z]$")
HALF = 1000  # six digits, permuted as two halves of three


class ReferenceCounter(models.Model):
    """How many references of one kind an area has given out in a year."""

    kind = models.CharField(max_length=10)
    area_code = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "area_code", "year"], name="one_counter_each")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_code} {self.year}: {self.value}"


def _permute(number: int, key: str) -> int:
    """A four-round Feistel permutation of 0 to 999999 under a secret key."""
    left, right = divmod(number, HALF)
    for turn in range(4):
        text = f"{key}:{turn}:{right}".encode()
        digest = hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).digest()
        left, right = right, (left + int.from_bytes(digest[:4], "big")) % HALF
    return left * HALF + right


def check_letter(body: str) -> str:
    """The last character: a weighted sum that catches one wrong or two swapped characters."""
    total = sum((place + 1) * ord(char) for place, char in enumerate(body))
    return LETTERS[total % len(LETTERS)]


def next_reference(model: type[models.Model], area_code: str, year: int) -> str:
    """Give out the next reference for a case or a referral; call inside a transaction.

    `model` has a `reference` field. One that is taken is passed over: with a new secret key the
    permutation is another one and may meet the old.
    """
    kind = str(model._meta.model_name)
    ReferenceCounter.objects.get_or_create(kind=kind, area_code=area_code, year=year)
    counter = ReferenceCounter.objects.select_for_update().get(
        kind=kind, area_code=area_code, year=year
    )
    while True:
        counter.value += 1
        digits = _permute(counter.value, f"{kind}:{area_code}:{year}")
        body = f"{area_code}-{year % 100:02d}-{digits:06d}"
        reference = f"{body}-{check_letter(body)}"
        if not model._default_manager.filter(reference=reference).exists():
            counter.save(update_fields=["value"])
            return reference


def normalise(text: str) -> str:
    """A typed or dictated reference in its stored form, or "" when it cannot be one."""
    letters = re.sub(r"[^A-Z0-9]", "", text.upper()[:40])
    found = f"{letters[:3]}-{letters[3:5]}-{letters[5:11]}-{letters[11:]}"
    if not PATTERN.match(found) or check_letter(found[:-2]) != found[-1]:
        return ""
    return found
