"""The referral form as data: its pages in order, and when each one is asked."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from prevent_cms import clock
from referrals.intake import forms
from referrals.intake.choices import AgeBasis

FORM_VERSION = "2026-1"
ADULT = 18

Answers = dict[str, Any]

DECLARATION = (
    "By sending it you say that what you wrote is true as far as you know, and that you share it "
    "to keep someone safe."
)


def always(answers: Answers) -> bool:
    return True


def in_danger(answers: Answers) -> bool:
    return answers.get("danger") == "yes"


def may_be_a_child(answers: Answers) -> bool:
    """Whether the person is under 18, or nobody has said how old they are."""
    if answers.get("born"):
        born, today = datetime.date.fromisoformat(answers["born"]), clock.today()
        had_birthday = (today.month, today.day) >= (born.month, born.day)
        return today.year - born.year - (not had_birthday) < ADULT
    if answers.get("age") is not None:
        return int(answers["age"]) < ADULT
    return answers.get("age_basis") == AgeBasis.NOT_KNOWN


def noticed_by_another(answers: Answers) -> bool:
    return answers.get("noticed_first") == "no"


def is_safe_to_go_on(answers: Answers) -> bool:
    """Whether nobody is in danger, or somebody has called: before that nothing else is asked."""
    return answers.get("danger") == "no" or bool(in_danger(answers) and answers.get("called_at"))


@dataclass(frozen=True)
class Page:
    """One page of questions. `applies` says from the answers so far whether it is asked."""

    slug: str
    group: str
    title: str
    form: type[forms.PageForm]
    applies: Callable[[Answers], bool] = always
    optional: bool = False
    hint: str = ""
    is_guided: bool = False  # templates/refer/guide/<slug>.html stands before the questions
    submit_text: str = "Save and continue"

    @property
    def is_about_danger(self) -> bool:
        return self.slug in ("danger", "called")

    @property
    def guide(self) -> str:
        return f"refer/guide/{self.slug}.html" if self.is_guided else ""


BEFORE, PERSON, CONCERN = "Before you share", "The person", "The concern"
WHO_KNOWS, ABOUT_YOU = "Who knows", "About you"

PAGES = (
    Page("danger", BEFORE, "Is anyone in danger now?", forms.DangerForm, is_guided=True),
    Page(
        "called",
        BEFORE,
        "Call before you go on",
        forms.CalledForm,
        applies=in_danger,
        is_guided=True,
        submit_text="I have called",
    ),
    Page("notice", BEFORE, "What you noticed", forms.NoticeForm),
    Page("checked", BEFORE, "Whom you checked with", forms.CheckForm, is_guided=True),
    Page("share", BEFORE, "Safeguarding services you have told", forms.ShareForm, is_guided=True),
    Page("person", PERSON, "Name and age", forms.PersonForm),
    Page("home", PERSON, "Home, school or work", forms.HomeForm, optional=True, hint="Optional"),
    Page("background", PERSON, "District and ethnic group", forms.BackgroundForm, is_guided=True),
    Page(
        "concern",
        CONCERN,
        "What has happened?",
        forms.ConcernForm,
        hint="The part police read first",
        is_guided=True,
    ),
    Page("signs", CONCERN, "Signs you have seen", forms.SignsForm, is_guided=True),
    Page(
        "influence",
        CONCERN,
        "What may be influencing them",
        forms.InfluenceForm,
        optional=True,
        hint="Optional",
    ),
    Page("needs", CONCERN, "Health, care and other needs", forms.NeedsForm, is_guided=True),
    Page("safety", CONCERN, "Keeping them safe, and what is going well", forms.SafetyForm),
    Page("knows", WHO_KNOWS, "Whether the person knows", forms.KnowsForm, is_guided=True),
    Page(
        "parent",
        WHO_KNOWS,
        "Whether a parent or carer knows",
        forms.ParentForm,
        applies=may_be_a_child,
        is_guided=True,
    ),
    Page("you", ABOUT_YOU, "Your details", forms.ReferrerForm, is_guided=True),
    Page(
        "noticer",
        ABOUT_YOU,
        "Who noticed first",
        forms.NoticerForm,
        applies=noticed_by_another,
    ),
)
BY_SLUG = {page.slug: page for page in PAGES}


def asked(answers: Answers) -> list[Page]:
    """The pages that are asked, given the answers so far."""
    return [page for page in PAGES if page.applies(answers)]


def groups(pages: Iterable[Page]) -> dict[str, list[Page]]:
    """The pages under the headings of the task list, in order."""
    found: dict[str, list[Page]] = {}
    for page in pages:
        found.setdefault(page.group, []).append(page)
    return found


def declaration(area_name: str) -> str:
    """What the referrer agrees to by sending, as it is shown and as it is stored."""
    return f"It goes to the police Prevent team for {area_name}. {DECLARATION}"
