"""Golden copies: what each reader can take away from one meeting, and nothing else of its cases.

Every text of three cases holds a string of its own (tests/rules/matrix.py), and who may read which is
worked out from the rows (tests/rules/known.py). One case has an invited agency, a barred member and
one who stepped out; one was restricted after everything was sealed.
"""

import datetime
import io
import zipfile
from dataclasses import dataclass, field

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.actions import people as joining
from accounts.roles import Role
from channel.exports.models import Export
from channel.meetings.actions import checking, packs, replies
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.actions.conduct import write_police_note
from channel.meetings.actions.invitations import Guest, invite
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes, correct_minutes
from channel.meetings.pack.parts import BUDGET
from prevent_cms import clock, outbox
from prevent_cms.marking import Mark
from referrals.actions import restricting
from referrals.models import ParallelProcess, PersonFact
from tests import stages
from tests.access import as_user
from tests.channel import papers
from tests.documents import everything_in
from tests.rules import matrix
from tests.rules.known import Canary, known_to

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
DOCUMENTS = ("pack.pdf", "minutes.pdf", "extract.pdf", "zip", "calendar", "mail")
NEUTRAL = ("calendar", "mail")  # they say nothing of any case
PAGES = ("meeting", "pack", "minutes", "meeting_room")
PAGES_OF_ITEMS = ("pack_brief", "meeting_item", "meeting_room_item")
KINDS = {
    "minutes_pdf": "minutes.pdf",
    "panel_extract": "extract.pdf",
    "meeting_invitation": "calendar",
}
IN_CI = ("officer", "administrator", "health", "guest", "provider", "stranger", "nobody")


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@dataclass
class Scene:
    """One meeting and what was planted in it; readers by name, nobody signed in among them."""

    meeting: object
    cases: list
    planted: dict
    readers: dict
    leaks: list = field(default_factory=list)
    copies: dict = field(default_factory=dict)  # kind -> how many were read
    seen: dict = field(default_factory=dict)  # reader, kind -> canaries that they may meet there

    def look(self, name):
        user = self.readers[name]
        known = known_to(user)
        for kind, content in taken_by(user, self):
            self.copies[kind] = self.copies.get(kind, 0) + 1
            text = words_in(content)
            for number in set(map(int, matrix.CANARY.findall(text))):
                canary = self.planted[number]
                never = kind in NEUTRAL or (canary.mark == Mark.POLICE and kind in DOCUMENTS)
                if never or not known.may_read(canary):
                    self.leaks.append((name, kind, canary))
                self.seen.setdefault((name, kind), set()).add(canary.mark)
            for case in self.cases:
                if case.reference in text and case.reference not in known.references:
                    self.leaks.append((name, kind, case.reference))


def words_in(content):
    """Everything a file holds, as a run of letters: lines broken by a layout are whole again."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = [name + words_in(file.read(name)) for name in file.namelist()]
        return "".join(parts)
    found = everything_in(content) if content.startswith(b"%PDF") else content
    return "".join(found.decode("utf-8", "replace").split())


def taken_by(user, scene):
    """(kind, bytes) of everything about the meeting that one person can open, fetch or is sent."""
    browser, pk = as_user(user) if user else Client(), scene.meeting.pk
    items = scene.meeting.items.select_related("case")
    given = {name: [[pk]] for name in PAGES} | {
        name: [[pk, item.number] for item in items] for name in PAGES_OF_ITEMS
    }
    given["panel_extract"] = [[item.case.reference, item.pk] for item in items]
    given |= {"minutes_pdf": [[pk]], "meeting_invitation": [[pk]]}
    for name, args in ((name, one) for name, several in given.items() for one in several):
        answer = browser.get(reverse(name, args=args))
        kind = KINDS.get(name, name) if answer.status_code == 200 else "refusal"
        yield kind, answer.content
        if kind != "refusal":  # which may name the address that was asked for
            yield kind, str(answer.headers).encode()
    yield from made_for(browser, "pack.pdf", reverse("pack_pdf", args=[pk]), {})
    yield from made_for(browser, "zip", reverse("minutes_take"), {"meetings": [pk]})
    for letter in mail.outbox:
        if user and user.email in letter.recipients():
            yield "mail", letter.message().as_bytes()


def made_for(browser, kind, address, sent):
    """The file that somebody asks for, when it is theirs to ask for."""
    before = Export.objects.count()
    answer = browser.post(address, sent)
    outbox.drain()
    if Export.objects.count() == before:
        yield "refusal", answer.content
        return
    answer = browser.get(reverse("export_file", args=[Export.objects.latest("pk").pk]))
    assert answer.status_code == 200, (kind, answer.content)
    yield kind, answer.content
    yield kind, str(answer.headers).encode()


@pytest.fixture
def scene(world, elsewhere, monkeypatch):
    """The meeting is over and sealed, corrected, and one of its cases has just been restricted."""
    for name in BUDGET:  # nothing is cut, so that whatever could reach a page is on it
        monkeypatch.setitem(BUDGET, name, 2000)
    mail.outbox.clear()
    guest = joining.add(email="guest@test.example", name="Guest Invented", by=None)
    joining.join(guest, agency=world.agency("provider"), role=Role.PANEL_MEMBER, by=None)
    support, new = (
        papers.in_support(world, name="Ada Supported"),
        stages.at_panel(world, name="Ben New"),
    )
    closed = stages.at_panel(world, name="Cai Closed")
    cases = [support, new, closed]
    for case in cases:
        police_only(world, case)
    meeting = stages.planned(world)
    invite(meeting, new, Guest("Mentors him", agency=world.agency("provider")), by=world.chair)
    planted = matrix.plant(shortest=100)
    papers_out(world, meeting, planted, closed)
    papers.held(world, meeting)
    for item in meeting.items.all():
        write_police_note(item, text="For police.", version=0, by=world.officer)
    close_meeting(meeting, by=world.administrator)
    checking.circulate_minutes(meeting, until=clock.today(), by=world.administrator)
    number = meeting.items.get(case=closed).number
    checking.add_remark(meeting, item=number, text="He said less.", by=world.children)
    matrix.plant(planted, shortest=100)
    approve_minutes(meeting, by=world.chair)
    said = {"text": said_of(planted, closed), "why": said_of(planted, closed)}
    correct_minutes(meeting, item=number, **said, version=1, by=world.chair)
    restricting.restrict_case(closed, people=[world.lead], reason="r", by=world.supervisor)
    restricting.set_bar(support, user=world.health, reason="r", by=world.supervisor)
    while outbox.drain():
        pass
    readers = {**world.users, "guest": guest, "stranger": elsewhere.chair, "nobody": None}
    return Scene(meeting, cases, planted, readers)


def police_only(world, case):
    """A telephone number and an inquiry that police keep to themselves."""
    kept = {"case": case, "mark": Mark.POLICE}
    PersonFact.objects.create(
        person=case.person, kind="phone", value="07700 900000", added_by=world.officer, **kept
    )
    ParallelProcess.objects.create(
        kind="policing", since=clock.today(), lead="A squad", contact="A desk", by=world.officer,
        ownership="channel", review_on=clock.today(), **kept,
    )  # fmt: skip


def said_of(planted, case):
    """A text about a case for the panel, with a canary in it."""
    number = len(planted)
    planted[number] = Canary(case.pk, "PANEL", None, False, "said in the papers")
    return f"Said CNRY{number}Z."


def papers_out(world, meeting, planted, case):
    """The agenda with its pack, an agency's written update, and a supplement with a note."""
    issue_agenda(meeting, by=world.administrator)
    meeting.refresh_from_db()
    stages.agree(world, meeting)
    replies.answer_invitation(
        meeting, agency=world.agency("health"), answer="apologies", name="", note="", version=0,
        by=world.health,
    )  # fmt: skip
    number = meeting.items.get(case=case).number
    replies.write_update(meeting.items.get(case=case), text="Seen twice.", by=world.health)
    matrix.plant(planted, shortest=100)
    note = said_of(planted, case)
    packs.issue_supplement(meeting, numbers=[number], note=note, by=world.administrator)


def look_as(scene, names):
    """Every kind of copy was read, nobody met what is not theirs, and what is could be found."""
    for name in names:
        scene.look(name)
    assert not scene.leaks, scene.leaks[:20]
    assert set(scene.copies) >= {*PAGES, *DOCUMENTS, "refusal"}
    for kind in ("pack.pdf", "minutes.pdf", "zip", "pack_brief", "minutes"):
        assert "PANEL" in scene.seen["health", kind]
    assert "COORDINATION" in scene.seen["administrator", "pack.pdf"]
    assert "POLICE" in scene.seen["officer", "meeting_item"]


def test_each_reader_takes_away_only_what_is_theirs(scene):
    look_as(scene, IN_CI)


@pytest.mark.proof
def test_golden_copies_of_every_reader(scene):
    look_as(scene, scene.readers)
    print(
        f"{len(scene.planted)} strings in the texts of 3 cases, {len(scene.readers)} readers: 0 that "
        f"are not theirs in {sum(scene.copies.values())} pages, documents, zips, calendar files and mails"
    )
