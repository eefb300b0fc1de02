"""An agency that was only asked learns of its request, and never how the case goes on."""

import re

import pytest
from django.db import transaction

from accounts.actions import people as membership
from accounts.roles import Role, ShareKind
from prevent_cms import clock
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals import queries, timeline
from referrals.access import Reader
from referrals.actions import requests, returns, sharing
from referrals.actions.lifecycle import make_move
from referrals.models import Case, InformationRequest
from referrals.queries import Filters
from tests import stages
from tests.access import as_user, expect, steady

STAGES = ("INFORMATION_GATHERING", "ASSESSMENT", "PANEL", "SUPPORT", "CLOSED")


def text_of(answer):
    assert answer.status_code == 200
    return steady(answer)


def seen(case, user):
    """Everything that somebody who was only asked can open of a case, or find it by."""
    client, base = as_user(user), f"/cases/{case.reference}/"
    request = InformationRequest.objects.visible_to(user).get(case=case)
    paths = [
        base,
        f"{base}timeline/",
        "/cases/",
        "/work/",
        "/requests/",
        f"/requests/{request.pk}/",
    ]
    paths += [f"/cases/?stage={stage}" for stage in STAGES]
    paths += [f"/cases/?stage={STAGES[-1]}&stage={stage}" for stage in STAGES]
    found = {path: text_of(client.get(path)) for path in paths}
    for typed in ("Brayford", case.reference):
        found[typed] = text_of(client.post("/cases/", {"name": typed}))
    return found


def moves(case, world):
    """The case goes on to support, is held on its way, and closes; a step at a time."""
    yield "gathering", case
    for name, by in (
        ("hold", world.officer),
        ("resume", world.officer),
        ("begin_assessment", world.officer),
        ("convene", world.chair),
        ("adopt", world.chair),
        ("close", world.officer),
    ):
        yield name, make_move(case, name, by=by)


def contact_only(world):
    """Health's contact without the seat at the panel that contacts of the tests also have."""
    membership.leave(world.health.memberships.get(role=Role.PANEL_MEMBER), by=None)
    return type(world.health).objects.get(pk=world.health.pk)


@pytest.mark.parametrize("has_panel_seat", [True, False])
def test_after_the_answer_nothing_they_open_changes_any_more(world, has_panel_seat):
    case = stages.answered(world)
    user = world.health if has_panel_seat else contact_only(world)
    with clock.at(clock.now()):
        before = seen(case, user)
        for name, _ in moves(case, world):
            after = seen(case, user)
            changed = [path for path in before if before[path] != after[path]]
            # Until the case closes they can add to their answer (R92).
            assert [
                path for path in changed if name != "close" or not path.startswith("/requests/")
            ] == [], name
    bar = re.search("<section.*?</section>", before[f"/cases/{case.reference}/"], re.DOTALL)[0]
    assert "<strong>Information request</strong> Closed" in bar
    assert "Nothing from you</strong> since" in bar  # since their answer, which does not change
    assert "<dt>Owner</dt><dd><strong>Testshire Police</strong>" in bar
    assert "Open the request" in bar
    for words in ("Invented", "police", "gathering", "Assessment", "Panel", "Support"):
        assert words not in bar, words


def test_while_the_answer_is_waited_for_only_closing_ends_it(world):
    case = stages.released(world)
    with clock.at(clock.now()):
        before = seen(case, world.health)
        assert "<strong>Information request</strong> Open" in before[f"/cases/{case.reference}/"]
        assert "Your answer" in before[f"/cases/{case.reference}/"]
        for name, _ in moves(case, world):
            after = seen(case, world.health)
            changed = [path for path in before if before[path] != after[path]]
            assert bool(changed) == (name == "close"), (name, changed)
    page = after[f"/cases/{case.reference}/"]
    assert "<strong>Information request</strong> Closed" in page
    assert "Your answer" not in page
    assert "Nothing is needed from you any more." in page


def found(user, *wanted):
    return [row.case for row in queries.page(user, Filters(stages=wanted)).rows]


def test_a_request_is_open_or_closed_and_of_no_stage(world):
    waiting = stages.released(world)
    answered = stages.answered(world, name="Another Person", born="2001-01-01")
    assert found(world.health) == [waiting]
    assert found(world.health, "CLOSED") == [answered]
    for stage in STAGES[:-1]:
        assert found(world.health, stage) == []
    (row,) = queries.rows(world.health, [waiting])
    assert (row.stage, row.stage_words, row.note) == (None, "Information request", "Open")
    assert row.due_on
    (row,) = queries.rows(world.health, [answered])
    assert (row.stage_words, row.note, row.due_on) == ("Information request", "Closed", None)
    page = text_of(as_user(world.health).get("/cases/"))
    assert "Closed and answered" in page
    assert "Not shown" in page
    assert "Officer Invented" not in page


def test_what_is_known_by_more_than_a_request_is_told_as_before(world):
    """The same agency, the same seats: it is the shares of each case that decide."""
    asked = stages.released(world)
    known = stages.answered(world, name="Another Person", born="2001-01-01")
    words = (world.agency("health"), ShareKind.PANEL, "Panel papers", stages.grounds())
    sharing.share_case(known, [sharing.Share(*words)], by=world.officer)
    assert found(world.health) == [known, asked]
    assert found(world.health, "INFORMATION_GATHERING") == [known]
    assert found(world.health, "CLOSED") == []
    rows = {row.case: row.stage_words for row in queries.rows(world.health, [asked, known])}
    assert rows == {asked: "Information request", known: "Information gathering"}
    make_move(known, "close", by=world.officer)
    assert found(world.health, "CLOSED") == [known]
    assert Reader(world.health, asked).is_only_asked
    assert not Reader(world.health, known).is_only_asked


def test_a_share_that_ended_is_no_knowledge_any_more(world):
    case = stages.answered(world)
    until = clock.add_months(clock.today(), 1)
    end = clock.now().replace(year=until.year, month=until.month, day=until.day)
    words = (world.agency("health"), ShareKind.PANEL, "Panel papers", stages.grounds(), end)
    sharing.share_case(case, [sharing.Share(*words)], by=world.officer)
    assert found(world.health, "INFORMATION_GATHERING") == [case]
    with clock.at(end):
        assert found(world.health, "INFORMATION_GATHERING") == []
        assert queries.rows(world.health, [case])[0].stage is None


def test_a_contact_without_a_seat_at_the_panel_is_offered_no_stages(world):
    stages.released(world)
    user = contact_only(world)
    page = text_of(as_user(user).get("/cases/"))
    assert 'name="stage"' not in page
    assert "Apply filters" not in page
    assert queries.Lens(user).stages == ["CLOSED"]
    assert 'name="stage"' in text_of(as_user(world.children).get("/cases/"))
    assert 'name="stage"' not in text_of(as_user(world.provider).get("/cases/"))
    assert len(found(user, "PANEL")) == len(found(user)) == 1  # as if not given


def test_the_story_is_that_of_the_request(world):
    """What their agency did at the panel or in support is not told once that share has ended."""
    case = stages.answered(world)
    health = world.agency("health")
    with transaction.atomic():
        for kind in (EventType.ACTION_UPDATED, EventType.SUPPORT_STARTED, EventType.CASE_UNSHARED):
            record(kind, by=world.health, case=case, agency_id=health.pk, agency=health.name)
        told = {"agency_id": health.pk, "agency": health.name, "kind": "panel"}
        record(EventType.CASE_SHARED, by=world.officer, case=case, **told)
    titles = [entry.title for entry in timeline.timeline(Reader(world.health, case), 30)]
    assert titles == ["Nil return received", "Information requested", "Case shared"]
    assert queries.groups_for(Reader(world.health, case)) == {}
    page = text_of(as_user(world.health).get(f"/cases/{case.reference}/timeline/?group=support"))
    assert "Nil return received" in page
    assert 'name="group"' not in page
    assert "Support started" in [
        entry.title for entry in timeline.timeline(Reader(world.officer, case), 30)
    ]


def test_the_pages_of_later_stages_are_not_there(world):
    case = stages.assessed(world)
    base = f"/cases/{case.reference}"
    for page in ("plan", "exit", "assessments", "requests", "consent", "referral"):
        expect(f"{base}/{page}/", {world.health: 404})
    expect(f"{base}/panel/", {world.health: 403})
    requests.request_more(
        case,
        agencies=[world.agency("health")],
        due_on=clock.add_working_days(clock.today(), 10),
        question="",
        grounds=stages.grounds(),
        by=world.officer,
    )
    assert found(world.health) == [case]  # asked again, so it waits again
    again = InformationRequest.objects.get(answered_at=None)
    words = {"systems_searched": "GP records", "statement": "Nothing is held."}
    returns.nil_return(again, **words, by=world.health)
    assert found(world.health) == []
    assert list(Case.objects.visible_to(world.health)) == [case]
