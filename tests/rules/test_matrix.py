"""The access matrix: 0 answers that say more than the one who asks may know (issue: access)."""

import ast
import random

import pytest
from django.conf import settings
from django.urls import reverse

from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.models import Meeting
from tests import stages
from tests.access import as_user
from tests.rules import matrix
from tests.rules.headers import score
from tests.setup.test_settings import REAL, setting

SOME = ("lead", "chair", "children", "provider", "auditor", "police_auditor")
NAMES = (
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "DEVICE_COOKIE_NAME",
)


@pytest.fixture
def production(settings):
    """The headers and cookies of a real installation, read from its own settings."""
    matrix.quiet()
    values = setting(REAL, "[" + ", ".join(f"settings.{name}" for name in NAMES) + "]")
    for name, value in zip(NAMES, ast.literal_eval(values), strict=True):
        setattr(settings, name, value)


def run(world, elsewhere, people, *, rounds):
    cases = matrix.populate(world, elsewhere, rounds)
    planted = matrix.plant()
    assert sum(canary.mark == "POLICE" for canary in planted.values()) >= 5
    found = matrix.Matrix(planted)
    before = matrix.domain_rows()
    for user in people:
        found.visit(user, cases)
    assert matrix.domain_rows() == before, "looking changes nothing"
    return cases, planted, found


def test_nobody_is_told_more_than_they_may_know(world, elsewhere, production):
    people = [None, *(world.users[name] for name in SOME), elsewhere.officer]
    _, _, found = run(world, elsewhere, people, rounds=0)
    assert found.asked > 1000
    assert not found.leaks, found.leaks[:20]
    assert found.lowest >= 130


@pytest.mark.proof
@pytest.mark.parametrize("readers", ["of one area", "of the other"])
def test_the_whole_matrix(world, elsewhere, production, readers):
    people = world.users if readers == "of one area" else elsewhere.users
    cases, planted, found = run(world, elsewhere, [None, *people.values()], rounds=2)
    print(
        f"access matrix: {found.asked:,} requests by {len(people)} people of one area and by nobody "
        f"signed in, {len(cases)} cases in two areas, "
        f"{len(planted)} canaries ({sum(c.mark == 'POLICE' for c in planted.values())} police "
        f"only): {len(found.leaks)} leaks; lowest header score {found.lowest}"
    )
    assert len(cases) >= 30
    assert found.asked >= 50_000, "each half of 100,000"
    assert not found.leaks, found.leaks[:20]
    assert found.lowest >= 130


def test_downloads_have_the_headers_as_well(world, production):
    stages.meeting_held(world)
    meeting = Meeting.objects.get()
    approve_minutes(meeting, by=world.chair)
    pdf, log = reverse("minutes_pdf", args=[meeting.pk]), reverse("audit_export")
    copy = as_user(world.administrator).get(pdf, secure=True)
    export = as_user(world.auditor).post(log, {"why": "commissioner"}, secure=True)
    for answer, kind in ((copy, "application/pdf"), (export, "application/zip")):
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert score(answer) >= 130


def forge(world, elsewhere, posts, seed=1):
    """Posts to every case page of one area with the numbers of another; the rows that changed."""
    chance = random.Random(seed)
    mine, theirs = matrix.populate(world, elsewhere, 0), []
    own = [case for case in mine if case.area_id == world.area.pk]
    theirs = [case for case in mine if case.area_id != world.area.pk]
    names = list(world.users)
    changed, sent = [], 0
    while sent < posts:
        user = world.users[chance.choice(names)]
        browser = matrix.as_user(user)
        case, other = chance.choice(own), chance.choice(theirs)
        foreign = dict(matrix.paths(other))
        for name, parts in matrix.paths(case):
            swapped = {
                **parts,
                **{k: v for k, v in foreign.get(name, {}).items() if k != "reference"},
            }
            if swapped == parts:
                if "reference" not in parts:
                    continue
                swapped = {**parts, "reference": other.reference}
            given = {
                key: chance.randint(1, 400) for key in ("agency", "agencies", "officer", "seen")
            }
            rows = matrix.domain_rows()
            answer = browser.post(matrix.reverse(name, kwargs=swapped), given)
            if matrix.domain_rows() != rows:
                changed.append((user.email, name, swapped))
            assert answer.status_code in (200, 302, 400, 403, 404, 405, 409), (name, swapped)
            sent += 1
    return sent, changed


def test_swapped_numbers_change_nothing(world, elsewhere):
    matrix.quiet()
    sent, changed = forge(world, elsewhere, 300)
    assert sent >= 300
    assert not changed


@pytest.mark.proof
def test_five_thousand_forged_posts_change_nothing(world, elsewhere):
    matrix.quiet()
    sent, changed = forge(world, elsewhere, 5000)
    print(f"forged and swapped numbers: {sent:,} posts, {len(changed)} changed anything")
    assert not changed


def test_the_production_names_of_cookies_are_bound_to_the_host(production):
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME"):
        assert getattr(settings, name).startswith("__Host-")
