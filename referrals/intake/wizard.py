"""A referral being written: a draft in the server-side session, and where it leads next.

The browser holds only the session's cookie. Each page carries the draft's `form_key`, so that a
page of an earlier draft cannot write into this one.
"""

import uuid
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Agency, Area
from prevent_cms.errors import ActionInvalid
from referrals.intake import pages
from referrals.intake.pages import Page
from referrals.models import Referral

MOST_KEPT = 500_000  # characters of one page
DRAFT, SENT = "referral_draft", "referral_sent"


def areas() -> QuerySet[Area]:
    """The areas that take referrals: those with a police agency."""
    police = Agency.objects.filter(kind=Agency.Kind.POLICE, is_active=True)
    return Area.objects.filter(pk__in=police.values("area"))


class Draft:
    """One draft; every change is written to the session at once."""

    def __init__(self, session: SessionBase, area: Area) -> None:
        self.session, self.area = session, area
        self.data: dict[str, Any] = session[DRAFT]

    @classmethod
    def begin(cls, session: SessionBase, area: Area) -> "Draft":
        """Start anew; what was in progress in this browser is forgotten."""
        session[DRAFT] = {
            "form_key": str(uuid.uuid4()),
            "form_version": pages.FORM_VERSION,
            "area": area.slug,
            "answers": {},
            "done": [],
            "typed": {},
        }
        return cls(session, area)

    @classmethod
    def of(cls, session: SessionBase) -> "Draft | None":
        """The draft of this browser, or None when there is none, or its area or form is gone."""
        kept = session.get(DRAFT)
        if not kept or kept["form_version"] != pages.FORM_VERSION:
            return None
        area = areas().filter(slug=kept["area"]).first()
        return cls(session, area) if area else None

    @property
    def form_key(self) -> str:
        return str(self.data["form_key"])

    @property
    def answers(self) -> pages.Answers:
        found: pages.Answers = self.data["answers"]
        return found

    def asked(self) -> list[Page]:
        return pages.asked(self.answers)

    def is_open(self, page: Page) -> bool:
        """Whether this page can be answered now: danger comes before everything else."""
        safe = page.is_about_danger or pages.is_safe_to_go_on(self.answers)
        return page.applies(self.answers) and safe

    def way_to(self, page: Page) -> str:
        """The address to go to first when a page is not open."""
        if not page.applies(self.answers):
            return reverse("refer_tasks")
        return reverse("refer_page", args=["called" if pages.in_danger(self.answers) else "danger"])

    def is_done(self, page: Page) -> bool:
        return page.slug in self.data["done"]

    def status(self, page: Page) -> str:
        """The words of the task list."""
        if not self.is_open(page):
            return "Cannot start yet"
        if self.is_done(page):
            return "Completed"
        return "In progress" if page.slug in self.data["typed"] else "Not yet started"

    def initial(self, page: Page) -> dict[str, Any]:
        """What the page is filled with: the answers, or what was typed and kept for later."""
        typed: dict[str, Any] | None = self.data["typed"].get(page.slug)
        return self.answers if typed is None else typed

    def save(self, page: Page, answers: pages.Answers) -> None:
        """Take over the valid answers of a page in place of its earlier ones."""
        for name in page.form.base_fields:
            self.answers.pop(name, None)
        self.answers.update(answers)
        self.data["typed"].pop(page.slug, None)
        if not self.is_done(page):
            self.data["done"].append(page.slug)
        self.session.modified = True

    def keep(self, page: Page, typed: dict[str, Any]) -> None:
        """Keep what was typed, right or wrong, to come back to; the page is no longer done.

        Raises ActionInvalid for more than anybody types: strangers fill these sessions.
        """
        if sum(len(str(text)) for text in typed.values()) > MOST_KEPT:
            raise ActionInvalid("This is too long to keep for later. Go back and make it shorter.")
        self.data["typed"][page.slug] = typed
        self.data["done"] = [slug for slug in self.data["done"] if slug != page.slug]
        self.session.modified = True

    def unfinished(self, *, with_optional: bool = False) -> list[Page]:
        """The pages that still have to be done; an optional one counts once it was begun."""
        return [
            page
            for page in self.asked()
            if not self.is_done(page)
            and (with_optional or not page.optional or page.slug in self.data["typed"])
        ]

    def next_after(self, page: Page, *, changing: bool = False) -> Page | None:
        """Where to go on: the next page not done, else the first one left, else None: check.

        When an answer is being changed only what the change has opened is asked.
        """
        left = self.unfinished()
        if not changing:
            after = pages.PAGES[pages.PAGES.index(page) + 1 :]
            ahead = [p for p in self.unfinished(with_optional=True) if p in after]
            left = ahead or left
        return left[0] if left else None

    def to_send(self) -> pages.Answers:
        """The answers to the questions that are asked now, with the declaration as it was shown."""
        names = {name for page in self.asked() for name in page.form.base_fields}
        found = {name: value for name, value in self.answers.items() if name in names}
        return {**found, "declaration": pages.declaration(self.area.name)}

    def delete(self) -> None:
        self.session.pop(DRAFT, None)

    def sent(self, referral: Referral) -> None:
        """Replace the draft by what the confirmation page needs, and no more."""
        self.session[SENT] = {
            "form_key": self.form_key,
            "reference": referral.reference,
            "area": self.area.slug,
            "at": referral.received_at.isoformat(),
        }
        self.delete()
