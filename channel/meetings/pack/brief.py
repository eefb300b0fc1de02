"""The brief of one case on one side of paper: what one kind of reader may read, in words.

One function for each part. A part that has nothing to say is not there, and nothing says so. Texts
are cut to the budget of their box, never set smaller; what was cut is in the case.
"""

from collections.abc import Iterable
from typing import Any

from channel.meetings.expected import ANONYMOUS
from channel.meetings.models import AgendaItem, Decision
from channel.meetings.pack.compared import assessment
from channel.meetings.pack.parts import BUDGET, Part, Source, cut, mark_of
from channel.meetings.pack.sources import Rows
from channel.meetings.queries import short
from channel.support.delivery import Delivery
from channel.support.models import Review
from prevent_cms import clock
from prevent_cms.components.text import age, counted, gov_date
from prevent_cms.marking import Mark
from referrals.consent import Standing
from referrals.models import Consent, MarkedItem, ParallelProcess, PersonFact, ThresholdRisk

ROWS = {"plan": 3, "actions": 3, "beside": 2}
RISKS = {
    ThresholdRisk.Of.TO_PERSON: "To the person",
    ThresholdRisk.Of.FROM_PERSON: "From the person",
    ThresholdRisk.Of.TO_PROVIDERS: "To providers",
}


def brief(item: AgendaItem, rows: Rows, marks: Iterable[Mark]) -> list[Part]:
    """The parts of a brief for those who read these marks, in their order on the page."""
    kept = Rows(
        **{name: [one for one in found if one.mark in marks] for name, found in vars(rows).items()}
    )
    kept.facts = rows.facts  # who it is, is known to everybody with whom the case is shared
    source = Source(item, kept)
    return [found for part in PARTS if (found := part(source))]


def person(source: Source) -> Part:
    """Initials and age, and where the case stands."""
    facts = {fact.kind: fact for fact in source.rows.facts}
    name, born = facts.get(PersonFact.Kind.NAME), facts.get(PersonFact.Kind.BORN)
    about = facts.get(PersonFact.Kind.AGE)
    case = source.item.case
    owner = case.owner.name if case.owner else case.owner_agency.name
    words = [
        short(name.value) if name else "Name not known",
        (age(born.date) if born else "") or (f"about {about.value}" if about else "age not known"),
        f"stage: {case.stage.label.lower()}",
        f"lead: {owner}",
    ]
    return Part("person", "", str(Mark.PANEL), rows=[[cut(", ".join(words), BUDGET["person"])]])


def concern(source: Source) -> Part | None:
    """What was referred, by whom and when; a name that was to stay hidden stays so."""
    newest = max(source.rows.referrals, key=lambda one: (one.received_at, one.pk), default=None)
    if newest is None:
        return None
    hidden = ANONYMOUS[:1].lower() + ANONYMOUS[1:]
    told = (newest.answers.get(key) for key in ("referrer_name", "referrer_organisation"))
    by = hidden if newest.wants_anonymity else ", ".join(filter(None, told))
    said = f"Referred by {by or 'somebody not named'} on {gov_date(newest.received_at)}."
    words = cut(f"{said} {newest.answers.get('what', '')}", BUDGET["concern"])
    return Part("concern", "Concern, in short", mark_of(newest), rows=[[words]])


def last_decision(source: Source) -> Part | None:
    """What the panel last decided, and why."""
    for one in source.rows.decisions:
        decided = f"{one.get_choice_display()}, {gov_date(one.at)}."
        words = cut(f"{decided} {one.rationale}", BUDGET["last"])
        return Part("last", "Last decision of the panel", mark_of(one), rows=[[words]])
    return None


def plan(source: Source) -> Part | None:
    """What is being done, by whom, until when, and how it goes."""
    for current in source.rows.plans:
        newest: dict[int, Any] = {}
        for update in sorted(source.rows.updates, key=lambda one: (one.on, one.pk)):
            newest[update.item_id] = update
        items = source.rows.plan_items
        rows = [_support(one, newest.get(one.root_id)) for one in items[: ROWS["plan"]]]
        columns = ["Item", "Lead", "Due", "How it goes"]
        title = f"Support plan, version {current.version}"
        return Part("plan", title, mark_of(current, *items), columns, rows, _more(items, "plan"))
    if source.item.group != AgendaItem.Group.NEW:
        return None
    words = "No plan: first time at panel."
    return Part("plan", "Support plan", str(Mark.PANEL), rows=[[words]])


def _support(item: Any, update: Any) -> list[str]:
    late = f", {item.late}" if item.late else ""
    delivered = Delivery(item, item.delivered, item.missed).words
    words = f"{item.get_status_display()}{late}" + (f". {delivered}" if delivered else "")
    return [
        cut(item.title, BUDGET["title"]),
        cut(f"{item.agency.name}, {item.lead_person}", BUDGET["lead"]),
        gov_date(item.due_on),
        cut(f"{words}. {update.text}" if update else words, BUDGET["progress"]),
    ]


def _more(found: list[Any], name: str) -> str:
    left = len(found) - ROWS[name]
    return f"{counted(left, 'more row')} in the case file." if left > 0 else ""


def risks(source: Source) -> Part | None:
    """The three risks: as the panel last saw them, else as the threshold test says."""
    tested = {one.of: one for one in sorted(source.rows.risks, key=lambda one: one.pk)}
    decided = next(iter(source.rows.decisions), None)
    rows: list[list[str]] = []
    read: list[MarkedItem] = []
    for kind, title in RISKS.items():
        said = _said(decided, kind)
        row = decided if said else tested.get(kind)
        if row is None:
            continue
        words = said or tested[kind].words
        rows.append([cut(f"{title}: {words}", BUDGET["risk"])])
        read.append(row)
    newest: Review | None = max(source.rows.reviews, key=lambda one: (one.on, one.pk), default=None)
    if newest:
        words = f"At the review of {gov_date(newest.on)}: {newest.risks}"
        rows.append([cut(words, BUDGET["risk"])])
        read.append(newest)
    return Part("risks", "Risks", mark_of(*read), rows=rows) if rows else None


def _said(decision: Decision | None, kind: str) -> str:
    """What the panel last said of one risk, level and note; nothing when it said neither."""
    if decision is None:
        return ""
    level, note = getattr(decision, f"risk_{kind}"), getattr(decision, f"risk_{kind}_note")
    label = str(Decision.Risk(level).label).lower() if level else ""
    return ", ".join(filter(None, (label, note)))


def consent(source: Source) -> Part | None:
    """Where consent stands, to sharing and to support."""
    standing = Standing.of(source.item.case, source.rows.consents)
    found = [(about, one) for about in Consent.About if (one := standing.on(about))]
    rows = [[cut(_position(str(about.label), one), BUDGET["consent"])] for about, one in found]
    read = [one for _, one in found]
    return Part("consent", "Consent", mark_of(*read), rows=rows) if rows else None


def _position(about: str, entry: Consent) -> str:
    by = f" by {entry.answered_by}" if entry.answered_by else ""
    again = f" Check again by {gov_date(entry.recheck_on)}." if entry.recheck_on else ""
    covers = f" Covers: {entry.scope}." if entry.scope else ""
    said = f"{about}: {entry.get_position_display().lower()}{by}, {gov_date(entry.decided_on)}."
    return said + again + covers


def actions(source: Source) -> Part | None:
    """What was taken away from earlier meetings and is still open."""
    found = source.rows.actions
    rows = [
        [
            cut(one.what, BUDGET["what"]),
            cut(one.owner_words, BUDGET["lead"]),
            gov_date(one.due_on) + (", late" if one.due_on < clock.today() else ""),
        ]
        for one in found[: ROWS["actions"]]
    ]
    columns = ["What", "Owner", "Due"]
    more = _more(found, "actions")
    return Part("actions", "Open actions", mark_of(*found), columns, rows, more) if rows else None


def beside(source: Source) -> Part | None:
    """What runs beside Channel."""
    found: list[ParallelProcess] = source.rows.beside
    rows = [
        [cut(f"{one.title}, led by {one.lead}, since {gov_date(one.since)}", BUDGET["beside"])]
        for one in found[: ROWS["beside"]]
    ]
    more = _more(found, "beside")
    if not rows:
        return None
    return Part("beside", "Beside Channel", mark_of(*found), rows=rows, more=more)


PARTS = (person, concern, last_decision, assessment, plan, risks, consent, actions, beside)
