"""No text makes a document fetch or read anything: sixty payloads, a listener and a secret file."""

import datetime
import io
from types import SimpleNamespace

import pikepdf
import pytest
from django.db import transaction
from weasyprint import HTML

from accounts.models import Agency, User
from channel.meetings import pdf as minutes
from channel.meetings.actions import packs
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes, correct_minutes
from channel.meetings.copies import Copy
from channel.meetings.extracts import Extract
from channel.meetings.models import Attendance, Meeting, Pack, Panel
from channel.meetings.pack import copies, pdf
from channel.meetings.pack.copies import Copy as PackCopy
from channel.meetings.pack.parts import BUDGET
from prevent_cms import clock, guards
from referrals.models import Referral
from tests import stages
from tests.channel import papers
from tests.channel.traps import SECRET, trapped
from tests.documents import bytes_in, text_of
from tests.rules import matrix

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
IN_CI = 6
WORD = "Quokka"  # begins each text, so that the places it reached can be counted


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def trap(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with trapped() as one:
        yield one


def raw(payload):
    """A page whose template forgot to escape: in a paragraph, and in strings of a style sheet."""
    style = f"p:before{{content:'{payload}'}} b:before{{content:\"{payload}\"}} /*{payload}*/"
    return f"<html><head><style>{style}</style></head><body><p>{payload}</p></body></html>"


def drawn_by_minutes(page, monkeypatch):
    monkeypatch.setattr(minutes, "render_to_string", lambda *words: page)
    return minutes.render(SimpleNamespace(sealed=None, shown=None, moment=MONDAY))


def test_what_a_template_forgot_to_escape_is_not_fetched_either(trap, monkeypatch):
    """The second lock: the maker of the document fetches nothing, whatever the page says."""
    for payload in trap.payloads:
        with trap.watch():
            made = [pdf.written(raw(payload)), drawn_by_minutes(raw(payload), monkeypatch)]
        for document in made:
            require_harmless(trap, document, text_of(document), payload)


def test_the_traps_are_sharp(trap):
    """Without the lock most of them do fetch or read, so that the tests here can fail."""
    sharp = 0
    for payload in trap.payloads:
        before = len(trap.requests) + len(trap.reads)
        with trap.watch():
            HTML(string=raw(payload)).write_pdf()
        sharp += len(trap.requests) + len(trap.reads) > before
    assert sharp > 30


OTHERS = (User, Agency, Panel, Meeting, Attendance)
# What holds no text that a person types, or may only be said together with something else.
NOT = {"body", "cancelled_because", "ended_why", "password"}


def say(text):
    """Put it into every free text of every row that a document could be made from."""
    for model in (*guards.marked_models(), *OTHERS):
        if not model.__name__.startswith("Historical"):
            for row in model.objects.all():
                if not matrix.is_final(row):
                    put(row, text)


def put(row, text):
    for field in matrix.free_texts(type(row), 100):
        if field.attname not in NOT:
            room = field.max_length and field.max_length - 20  # names are put together
            setattr(row, field.attname, text[:room])
    if isinstance(row, Referral):
        row.answers |= {key: text for key, said in row.answers.items() if isinstance(said, str)}
    row.save()


def drawn(world, text):
    """The pack, the minutes and the extract of an item, in which every text is this one."""
    meeting = stages.issued(world)
    say(text)
    numbers = [item.number for item in meeting.items.all()]
    packs.issue_supplement(meeting, numbers=numbers, note=text, by=world.administrator)
    chair = User.objects.get(pk=world.chair.pk)
    yield "pack", pdf.render(PackCopy(Pack.newest(meeting), chair))
    papers.held(world, meeting, text)
    say(text)
    close_meeting(meeting, by=world.chair)
    approve_minutes(meeting, by=world.chair)
    for version, number in enumerate((*numbers, ""), 1):
        wrong = {"item": number, "text": text, "why": text}
        correct_minutes(meeting, **wrong, version=version, by=world.chair)
    copy = Copy(Meeting.objects.get(pk=meeting.pk), chair)
    yield "minutes", minutes.render(copy)
    yield "extract", minutes.render_extract(Extract(meeting.items.first(), copy))


@pytest.fixture
def roomy(monkeypatch):
    """Every box of a brief holds a payload whole."""
    monkeypatch.setattr(copies, "WHY", 500)
    monkeypatch.setattr(copies, "NOTE", 500)
    for name in BUDGET:
        monkeypatch.setitem(BUDGET, name, 2000)


def reached(world, trap, payloads):
    """The fewest places that a payload reached in each kind of document; none asked for anything."""
    places = {"pack": [], "minutes": [], "extract": []}
    papers.in_support(world)
    stages.at_panel(world)
    for payload in payloads:
        with transaction.atomic(), trap.watch():
            for kind, document in drawn(world, f"{WORD} {payload}"):
                text = text_of(document)
                require_harmless(trap, document, text, payload)
                places[kind].append(times_in(text, payload))
            transaction.set_rollback(True)
    return {kind: min(found) for kind, found in places.items()}


def require_harmless(trap, document, text, payload):
    """Nobody was asked, no file was read and none is attached."""
    assert (trap.requests, trap.reads) == ([], []), payload
    assert SECRET not in text
    assert SECRET.encode() not in bytes_in(document)
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert not opened.attachments


def times_in(text, payload):
    """How many times a payload is in a text, each time as it was typed: what is escaped begins
    the same, however the lines fall."""
    text, typed = ("".join(one.split()) for one in (text, f"{WORD} {payload}"))
    assert text.count(typed[: len(WORD) + 5]) == text.count(WORD), payload
    return text.count(WORD)


ENOUGH = {"pack": 50, "minutes": 60, "extract": 25}


def test_every_text_stays_text(world, trap, roomy):
    """Escaped by the templates: the first lock."""
    places = reached(world, trap, trap.payloads[:IN_CI])
    assert all(places[kind] >= enough for kind, enough in ENOUGH.items()), places


@pytest.mark.proof
def test_sixty_payloads_in_every_text(world, trap, roomy):
    assert len(set(trap.payloads)) == 60
    places = reached(world, trap, trap.payloads)
    assert all(places[kind] >= enough for kind, enough in ENOUGH.items()), places
    print(
        f"60 payloads in {places['pack']} places of a pack, {places['minutes']} of minutes and "
        f"{places['extract']} of an extract: {len(trap.requests)} requests, {len(trap.reads)} files read"
    )
