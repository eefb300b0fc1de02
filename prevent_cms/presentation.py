"""What templates are handed: the case bar, navigation items, links, and who will see a text."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from prevent_cms.marking import WHO_SEES, Mark


@dataclass(frozen=True)
class Who:
    """Who will read what is about to be written; `police` gives it the lock and the colour."""

    text: str
    police: bool = False


def who(reader: "Who | Mark | str") -> Who:
    """The who-line for a handling mark, a sentence, or a ready `Who`."""
    if isinstance(reader, Who):
        return reader
    if isinstance(reader, Mark) or reader in Mark.values:
        mark = Mark(reader)
        return Who(WHO_SEES[mark], police=mark is Mark.POLICE)
    return Who(reader)


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation; `badge_words` says what the badge counts."""

    title: str
    url: str
    active: bool = False
    badge: int | str = 0
    badge_words: str = ""


@dataclass(frozen=True)
class Tab:
    title: str
    url: str
    active: bool = False


@dataclass(frozen=True)
class NextAction:
    """The one thing to do next: what the button says, where it leads, and why.

    `is_act` when the button itself does it (POST) and does not lead to a page; `is_quiet` when it
    can wait. Without an address the words stand there alone.
    """

    label: str
    url: str = ""
    why: str = ""
    is_act: bool = False
    is_quiet: bool = False


@dataclass(frozen=True)
class Moving:
    """The transfer to another area that waits: where to, and from which day."""

    area: str
    on: datetime.date

    @property
    def words(self) -> str:
        return f"Transfer to {self.area}"


@dataclass(frozen=True)
class CaseBar:
    """The head of every page of a case; a field left empty is left out of the page.

    `late` is the words beside the due date ("1 working day overdue") or empty; `consent` those that
    follow "to be considered".
    """

    reference: str
    name: str = ""
    born_line: str = ""
    stage: str = ""
    stage_note: str = ""
    since: datetime.date | None = None
    owner: str = ""
    owner_agency: str = ""
    offered_to: str = ""  # to whom the case is offered, and where that is answered or taken back
    offer_url: str = ""
    moving: Moving | None = None
    waiting: str = ""
    waiting_since: datetime.date | None = None
    due_what: str = ""
    due_on: datetime.date | None = None
    late: str = ""
    consent: str = ""
    of_age: str = ""  # that the person has come of age, or soon will
    next_action: NextAction | None = None
    tabs: Sequence[Tab] = ()


@dataclass(frozen=True)
class Count:
    """One figure of "my work": a link to exactly its rows, plain text when it is nought."""

    number: int
    label: str
    url: str
    note: str = ""
    colour: str = "grey"
    words: str = ""  # in place of the number, when it was not counted to its end
