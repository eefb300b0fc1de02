"""My work: what this person has to do, the most urgent first, in few queries at any size."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework import answers, owed, safeguarding
from channel.casework.ahead import NextMeeting, ahead
from channel.casework.duties import duties
from channel.casework.rows import MOST, OVERDUE, TODAY, Group, Row
from prevent_cms import clock
from prevent_cms.components.text import gov_date, gov_day
from prevent_cms.presentation import Count
from referrals.models import PersonFact
from referrals.workflow import Status

FEW, FIRST = 5, 20  # rows shown before "See all", the second of what is late or due today
ALWAYS = frozenset({"overdue", "today"})
OWED = frozenset({"waiting", "late_answers", "offered"})
DATED = frozenset(
    {"requests", "actions", "support", "reports", "notices", "review", "agreements", "looks"}
)  # one's own tasks


@dataclass(frozen=True)
class Section:
    """One list; its figure at the head of the page links to exactly its rows."""

    key: str
    title: str
    colour: str
    empty: str
    rows: list[Row]
    few: int = 0  # as many are shown; nought for all of them
    area: str = ""  # the code of the one area that is looked at

    @property
    def is_cut(self) -> bool:
        return 0 < self.few < len(self.rows)

    @property
    def heading(self) -> str:
        few = f", showing the first {self.few}" if self.is_cut else ""
        return f"{self.title}: {self.number_words}{few}"

    @property
    def number_words(self) -> str:
        return f"more than {MOST}" if len(self.rows) > MOST else str(len(self.rows))

    @property
    def row_head(self) -> str:
        return {"agreements": "Agreement", "replies": "Panel", "minutes": "Panel"}.get(
            self.key, "Case"
        )

    @property
    def what_head(self) -> str:
        return "What they owe" if self.key in OWED else "What to do"

    @property
    def shown(self) -> list[Row]:
        return self.rows[: self.few if self.is_cut else MOST]

    @property
    def note(self) -> str:
        """What stands below the figure: how old the oldest is."""
        first = self.rows[0] if self.rows else None
        if first is None or first.due_on is None:
            return ""
        return f"oldest {first.late}" if first.late else f"first due {gov_day(first.due_on)}"

    @property
    def count(self) -> Count:
        url = address(self.key, self.area)
        number = len(self.rows)
        words = f"over {MOST}" if number > MOST else ""
        return Count(number, self.title, url, self.note, self.colour, words)


def address(show: str = "", area: str = "") -> str:
    """My work with one list in full, or of one area."""
    query = urlencode([pair for pair in (("show", show), ("area", area)) if pair[1]])
    return reverse("work") + (f"?{query}" if query else "")


@dataclass(frozen=True)
class AreaLink:
    """One of the areas that can be looked at by itself, or all of them (R180)."""

    name: str
    url: str
    is_chosen: bool


def area_links(user: User, area: str, url: Callable[[str], str]) -> list[AreaLink]:
    """All areas and each of those in which this person works; none for who works in one."""
    named = {"": "All areas"} | user.area_names if user.area_names else {}
    return [AreaLink(name, url(code), code == area) for code, name in named.items()]


@dataclass
class Work:
    sections: list[Section]
    meetings: list[NextMeeting] = field(default_factory=list)
    only: str = ""
    area: str = ""
    areas: list[AreaLink] = field(default_factory=list)
    may_see_meetings: bool = False
    may_find_cases: bool = False
    may_hand_over: bool = False
    may_read_log: bool = False
    may_keep_agreements: bool = False
    may_keep_providers: bool = False

    @property
    def whole(self) -> str:
        """The address of all lists again."""
        return address(area=self.area)

    @property
    def counts(self) -> list[Count]:
        return [section.count for section in self.sections]

    def number_of(self, key: str) -> int | None:
        """How many rows a list has; None for a list this person does not have."""
        return next((len(one.rows) for one in self.sections if one.key == key), None)

    @property
    def open(self) -> list[Section]:
        """The lists the page shows: all of them, or the one whose figure was followed."""
        return [one for one in self.sections if not self.only or one.key == self.only]


def work(user: User, show: str = "", area: str = "") -> Work:
    """Everything this person has to do; `show` names the one list to be shown in full.

    `area` is the code of one of the areas in which they work, to see that alone (R180).
    """
    area = area if area in user.area_names else ""
    links = area_links(user, area, lambda code: address(area=code))
    user = user.in_area(area) if area else user
    lists = (
        duties,
        owed.duties,
        answers.duties,
        safeguarding.duties,
    )
    beside = ahead(user)
    found = [group for one in lists for group in one(user)] + beside.groups
    groups = sorted(by_date(found), key=lambda group: group[0] == "new")
    show = show if show in [group[0] for group in groups] else ""
    known = names(user, [row.case.pk for group in groups for row in group[-1] if row.case])
    sections = []
    for key, title, colour, empty, rows in groups:
        named = [_named(row, known) for row in rows]
        few = 0 if show else FIRST if key in ALWAYS else FEW
        sections.append(Section(key, title, colour, empty, named, few, area))
    return Work(
        sections,
        beside.meetings,
        show,
        area,
        links,
        may_see_meetings=user.holds(Perm.MEETING_VIEW),
        may_find_cases=user.holds(Perm.CASE_VIEW),
        may_hand_over=user.holds(Perm.CASE_ASSIGN),
        may_read_log=user.holds(Perm.AUDIT_VIEW),
        may_keep_agreements=user.holds(Perm.AGREEMENT_KEEP),
        may_keep_providers=user.holds(Perm.PROVIDER_KEEP),
    )


def by_date(groups: list[Group]) -> list[Group]:
    """With what is late and what is due today of one's own tasks at the head as well."""
    tasks = [row for group in groups if group[0] in DATED for row in group[-1]]
    if not any(group[0] in DATED for group in groups):
        return groups
    today = clock.today()
    late, now = [row for row in tasks if row.late], [row for row in tasks if row.due_on == today]
    heads = {group[0]: group for group in groups if group[0] in ALWAYS}
    found = [
        _more(heads.get("overdue", OVERDUE), late),
        _more(heads.get("today", TODAY), now),
    ]
    return [*found, *(group for group in groups if group[0] not in ALWAYS)]


def _more(group: Group, rows: list[Row]) -> Group:
    key, title, colour, empty, before = group
    found = sorted([*before, *rows], key=lambda row: row.due_on or clock.today())
    return key, title, colour, empty, found


def names(user: User, ids: list[int]) -> dict[int, str]:
    """Names by case, from facts this person may see; nobody has opened a referral not yet taken."""
    if not ids:
        return {}
    facts = PersonFact.objects.visible_to(user).filter(
        case_id__in=set(ids), kind=PersonFact.Kind.NAME
    )
    found = facts.exclude(case__status=Status.RECEIVED).order_by("-pk")
    return dict(found.values_list("case_id", "value"))  # the first name of each


def _named(row: Row, names: dict[int, str]) -> Row:
    if row.case is None:
        return row
    unknown = "Not opened yet" if row.can_take else "Name not known"
    return replace(row, name=names.get(row.case.pk, unknown))


def today_words() -> str:
    """The line below the heading."""
    return f"{clock.today():%A} {gov_date(clock.today())}"
