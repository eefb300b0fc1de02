"""The screens of an answer: which there are, how far a draft is, what is still missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import User
from referrals.models import InformationRequest, InformationReturn, ReturnDraft

Known = InformationReturn.Known
DONE = "Completed"
TOLD = ("involvement", "support_in_place", "vulnerability", "protective", "trust")


@dataclass(frozen=True)
class Part:
    """One screen and the columns that it fills in."""

    slug: str
    title: str
    names: tuple[str, ...]
    hint: str = ""


PARTS = (
    Part("known", "How you know them", ("known", "systems_searched", "involvement")),
    Part("support", "Support in place", ("support_in_place",)),
    Part(
        "risk",
        "Anything that bears on the risk of being drawn into terrorism",
        ("vulnerability", "protective"),
        "What makes it more likely, and what protects them",
    ),
    Part("trust", "Who holds their trust, and what to avoid", ("trust",)),
    Part("power", "Your power to share", ("power",)),
)
BY_SLUG = {part.slug: part for part in PARTS}
LABELS = {
    "known": "Known",
    "systems_searched": "Systems searched",
    "involvement": "How they are known",
    "support_in_place": "Support in place",
    "vulnerability": "More vulnerable",
    "protective": "What protects them",
    "trust": "Trust, and what to avoid",
    "power": "Power to share",
}
NAMES = tuple(name for part in PARTS for name in part.names)


@dataclass(frozen=True)
class Task:
    """One line of the list: a screen and how far it is."""

    part: Part
    status: str  # as the task list of the components takes it

    @property
    def is_done(self) -> bool:
        return self.status == DONE


def draft_of(user: User, request: InformationRequest) -> ReturnDraft | None:
    """What this reader's agency has written so far; nobody else ever gets it."""
    rows = ReturnDraft.objects.visible_to(user).filter(request=request)
    return rows.select_related("saved_by", "passed_to", "passed_by").first()


def tasks(draft: ReturnDraft | None) -> list[Task]:
    """The screens and how far each of them is."""
    return [Task(part, _status(part, draft)) for part in PARTS]


def _status(part: Part, draft: ReturnDraft | None) -> str:
    if draft is None or not (part.slug in draft.done or any(_values(part, draft))):
        return "Not yet started"
    return DONE if part.slug in draft.done else "In progress"


def _values(part: Part, draft: ReturnDraft) -> Iterator[str]:
    return (getattr(draft, name) for name in part.names)


def next_part(draft: ReturnDraft, after: Part) -> Part | None:
    """The first screen after this one that is not done; None when every one is."""
    start = PARTS.index(after) + 1
    around = (*PARTS[start:], *PARTS[:start])
    return next((part for part in around if part.slug not in draft.done), None)


def missing(draft: ReturnDraft | None) -> list[Part]:
    """The screens without which nothing can be sent."""
    return [task.part for task in tasks(draft) if not task.is_done]


def holds_nothing(draft: ReturnDraft) -> bool:
    """Whether what is written says no more than a nil return would."""
    return draft.known == Known.NO and not any(getattr(draft, name) for name in TOLD)


def cards(draft: ReturnDraft) -> list[tuple[Part, list[tuple[str, str]]]]:
    """Everything that would be sent, screen by screen, for the page before it is."""
    words = {**{name: getattr(draft, name) for name in NAMES}, "known": draft.get_known_display()}
    return [(part, [(LABELS[name], words[name]) for name in part.names]) for part in PARTS]
