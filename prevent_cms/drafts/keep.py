"""Writing, offering and forgetting drafts. What is allowed to see a form is for its view to say."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.http import QueryDict

from prevent_cms import clock, wall
from prevent_cms.drafts.models import Draft
from prevent_cms.typed import tidy

DAYS = 30
SALT = "draft"
TOKEN_LASTS = datetime.timedelta(hours=12)  # longer than any session
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "draft", "go"})
MOST = 400_000  # characters; more than any form of the service can hold


@dataclass(frozen=True)
class Place:
    """Whose draft, of which form, on which page."""

    user_id: int
    page: str
    form: str

    @property
    def token(self) -> str:
        """What the page carries, so that only a form that was shown can be kept."""
        return signing.dumps([self.user_id, self.page, self.form], salt=SALT, compress=True)


def place_of(token: str) -> Place | None:
    """The place that a page was given; None for what nobody was given, or too long ago."""
    try:
        return Place(*signing.loads(token, salt=SALT, max_age=TOKEN_LASTS))
    except signing.BadSignature:
        return None


def keep(place: Place, sent: QueryDict) -> datetime.datetime:
    """Keep what was typed, in place of what was kept before; returns when."""
    answers = {
        name: [tidy(value) for value in values]
        for name, values in sent.lists()
        if name not in NOT_KEPT
    }
    now = clock.now()
    if sum(len(value) for values in answers.values() for value in values) > MOST:
        return now
    with _own(place):
        Draft.objects.update_or_create(
            user_id=place.user_id,
            page=place.page,
            form=place.form,
            defaults={"answers": answers, "saved_at": now},
        )
    return now


def forget(place: Place) -> None:
    """It has been saved, or thrown away. Without a form, all of the page."""
    with _own(place):
        found = Draft.objects.filter(user_id=place.user_id, page=place.page)
        (found.filter(form=place.form) if place.form else found).delete()


def of_page(user_id: int, page: str) -> dict[str, Draft]:
    """The reader's own drafts of a page that is being drawn, by form."""
    since = clock.now() - datetime.timedelta(days=DAYS)
    found = Draft.objects.filter(user_id=user_id, page=page, saved_at__gt=since)
    return {draft.form: draft for draft in found}


def forget_old() -> None:
    """Regular work: what nobody came back to within thirty days goes."""
    old = clock.now() - datetime.timedelta(days=DAYS)
    Draft.objects.filter(saved_at__lte=old).delete()


@contextmanager
def _own(place: Place) -> Iterator[None]:
    """A short transaction that acts for the writer, who may be signed out by now."""
    with wall.acting_for(wall.Identity(user_id=place.user_id)), transaction.atomic():
        yield
