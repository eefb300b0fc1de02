"""Strings that only police may read are put everywhere and looked for wherever others can look."""

import io
import logging
import zipfile

import pypdf
import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse

from accounts.middleware import identity_of
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.models import AgendaItem, Meeting, PoliceNote
from prevent_cms import guards, outbox, wall
from prevent_cms.marking import Mark
from referrals.models import PersonFact
from tests import stages
from tests.access import as_user
from tests.rules import matrix

SOME = ("administrator", "auditor")
POLICE = ("officer", "second_officer", "supervisor", "police_auditor")
CASES = (stages.screened, stages.exited)


class Heard(logging.Handler):
    """Every line that the service logs while this listens, arguments and traces included."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines = []

    def emit(self, line):
        self.lines.append(self.format(line))


@pytest.fixture
def heard():
    handler = Heard()
    loggers = [logging.getLogger(), logging.getLogger("django")]  # the second tells no parent
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.lines
    for logger in loggers:
        logger.removeHandler(handler)


def populate(world, cases, facts=("phone",)):
    """Cases with police material of every kind, and minutes that are sealed over them."""
    made = [make(world, name=f"Person {make.__name__} {n}") for n, make in enumerate(cases)]
    for item in AgendaItem.objects.all():
        note = {"text": "For police.", "by": world.officer, "mark": Mark.POLICE}
        PoliceNote.objects.create(item=item, case=item.case, **note)
    for case in made:
        for kind in facts:
            fact = {"kind": kind, "value": "07700 900000", "added_by": world.officer}
            PersonFact.objects.create(case=case, person=case.person, mark=Mark.POLICE, **fact)
    planted = matrix.plant()
    for meeting in Meeting.objects.filter(status=Meeting.Status.CLOSED):
        approve_minutes(meeting, by=world.chair)
    return made, {number for number, one in planted.items() if one.mark == Mark.POLICE}


def in_a_zip(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return " ".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())


def in_a_pdf(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return content.decode("latin-1") + " ".join(page.extract_text() for page in pages)


def told(user, made, typed):
    """Everything that one person can get: (where, text)."""
    browser = as_user(user)
    pages = [(name, reverse(name)) for name in sorted(matrix.lists())]
    pages += [
        (name, reverse(name, kwargs=parts)) for case in made for name, parts in matrix.paths(case)
    ]
    for name, path in pages:
        answer = browser.get(path)
        yield name, answer.content.decode("utf-8", "replace") + str(answer.headers)
    for meeting in Meeting.objects.all():
        answer = browser.get(reverse("minutes_pdf", args=[meeting.pk]))
        if answer.status_code == 200:
            yield "minutes_pdf", in_a_pdf(answer.content) + str(answer.headers)
    answer = browser.post(reverse("audit_export"), {"why": "commissioner"})
    if answer.status_code == 200 and answer["Content-Type"] == "application/zip":
        yield "audit_export", in_a_zip(answer.content) + str(answer.headers)
    for text in typed:
        yield "search", browser.post(reverse("case_list"), {"name": text}).content.decode()


def found_in(places, police_only):
    """How many texts were read, and each police-only string that stood in one of them."""
    seen, places = [], list(places)
    for where, text in places:
        seen += [(where, n) for n in map(int, matrix.CANARY.findall(text)) if n in police_only]
    return len(places), seen


def look_everywhere(world, cases, names, heard, **more):
    """(where, what was found there) for each reader, the mail and the log."""
    made, police_only = populate(world, cases, **more)
    typed = ["Person", made[0].reference, "CNRY1Z", "07700 900000"]
    seen, read, where = [], 0, set()
    for name in names:
        places = list(told(world.users[name], made, typed))
        where |= {place for place, _ in places}
        count, found = found_in(places, police_only)
        read, seen = read + count, seen + [(name, *one) for one in found]
    outbox.drain()
    letters = [(m.subject + m.body + str(m.to), m) for m in mail.outbox]
    count, found = found_in([("mail", text) for text, _ in letters], police_only)
    read, seen = read + count, seen + found
    count, found = found_in([("log", line) for line in heard], police_only)
    assert {"minutes_pdf", "audit_export", "search"} <= where
    assert count, "something was logged"
    assert letters, "something was mailed"
    return police_only, read + count, seen + found


def all_others(world):
    return [name for name in world.users if name not in POLICE]


def bare_rows(user):
    """Every row behind the second wall that the database gives out to a transaction for one person,
    with no check of the application: (table, row)."""
    with wall.acting_for(identity_of(user)), transaction.atomic():
        for model in guards.marked_models():
            for row in model._base_manager.values_list():
                yield model._meta.db_table, str(row)


def test_nobody_else_reads_what_is_for_police_only(world, heard):
    police_only, _, seen = look_everywhere(world, CASES, SOME, heard)
    assert len(police_only) > 10
    assert not seen


def test_the_database_gives_them_to_nobody_else(world, elsewhere):
    _, police_only = populate(world, CASES)
    for user in (world.administrator, world.auditor, world.police_auditor, elsewhere.officer):
        count, seen = found_in(bare_rows(user), police_only)
        assert count > 10
        assert not seen
    _, seen = found_in(bare_rows(world.officer), police_only)
    assert {number for _, number in seen} == police_only


def test_police_read_them_so_that_they_could_be_found(world):
    made, police_only = populate(world, (stages.screened,))
    _, seen = found_in(told(world.officer, made, []), police_only)
    assert seen


@pytest.mark.proof
def test_five_hundred_police_only_strings(world, elsewhere, heard):
    more = {"facts": [kind for kind in PersonFact.Kind.values for _ in range(3)]}
    others = [name for name in world.users if name not in POLICE]
    police_only, read, seen = look_everywhere(world, matrix.STAGES * 2, others, heard, **more)
    print(
        f"{len(police_only)} police-only strings: found {len(seen)} times in {read:,} pages, PDFs, "
        "exports, search results, mails and log lines of others"
    )
    assert len(police_only) >= 500
    assert not seen, seen[:20]
    read, seen = 0, []
    for user in [world.users[name] for name in others] + list(elsewhere.users.values()):
        count, found = found_in(bare_rows(user), police_only)
        read, seen = read + count, seen + found
    print(f"with no check but the database's: found {len(seen)} times in {read:,} rows")
    assert not seen
