"""Files that take a while: asked for, made in the background, and handed out to the asker alone."""

import datetime
import io
import zipfile

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.urls import reverse

from accounts import grants
from accounts.middleware import identity_of
from accounts.models import User
from accounts.roles import ShareKind
from channel.exports import access, tasks
from channel.exports.actions import exports
from channel.exports.models import Export
from channel.meetings import bundle
from channel.meetings.actions.minutes import approve_minutes
from prevent_cms import clock, outbox, wall
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import restricting
from tests import stages
from tests.access import as_user, expect, prove

DAY = datetime.timedelta(hours=24)


@pytest.fixture
def held(world):
    meeting = stages.meeting_held(world)
    approve_minutes(meeting, by=world.chair)
    return meeting


@pytest.fixture
def asked(world, held):
    return exports.ask("minutes", {"meetings": [held.pk]}, by=world.chair)


@pytest.fixture
def made(asked):
    outbox.drain()
    asked.refresh_from_db()
    return asked


def url(export, name="export"):
    return reverse(name, args=[export.pk])


def page(user, export):
    return as_user(user).get(url(export)).content.decode()


class TestAsking:
    def test_it_waits_its_turn_and_says_so(self, world, asked):
        assert (asked.state, asked.is_ready) == (Export.State.WAITING, False)
        assert "Waiting to begin" in page(world.chair, asked)
        assert "Check again" in page(world.chair, asked)
        event = Event.objects.get(type=EventType.EXPORT_ASKED)
        assert (event.actor, event.area_code) == (world.chair, "TST")

    def test_asked_again_while_under_way_it_is_the_same(self, world, held, asked):
        assert exports.ask("minutes", {"meetings": [held.pk]}, by=world.chair) == asked
        assert exports.ask("minutes", {"meetings": [held.pk]}, by=world.administrator) != asked

    def test_payload_and_row_hold_numbers_only(self, held, asked):
        message = outbox.OutboxMessage.objects.get(topic="export")
        assert message.payload == {"export_id": asked.pk}
        assert asked.ids == {"meetings": [held.pk]}

    def test_who_may_not_have_it_asks_in_vain(self, world, elsewhere, held):
        with pytest.raises(ActionDenied):
            exports.ask("minutes", {"meetings": [held.pk]}, by=world.officer)
        with pytest.raises(Http404):
            exports.ask("minutes", {"meetings": [held.pk]}, by=elsewhere.chair)
        draft = stages.meeting_held(world)
        with pytest.raises(ActionInvalid, match="not been approved"):
            exports.ask("minutes", {"meetings": [held.pk, draft.pk]}, by=world.chair)
        for wrong in ([], list(range(bundle.MOST + 1))):
            with pytest.raises(ActionInvalid, match="at least 1"):
                exports.ask("minutes", {"meetings": wrong}, by=world.chair)
        assert not Export.objects.exists()


class TestMaking:
    def test_a_file_for_a_day(self, world, made):
        assert made.is_ready
        assert (made.done, made.total) == (1, 1)
        assert made.expires_at - made.finished_at == DAY
        assert zipfile.ZipFile(io.BytesIO(made.content)).testzip() is None
        assert "Kept until" in page(world.chair, made)

    def test_progress_is_told_in_parts(self, world, asked):
        export = exports.begin(asked.pk)
        assert "begins in a moment" in page(world.chair, export)
        exports.note_progress(export, 2, 5)
        shown = page(world.chair, export)
        assert "2 of 5 parts made" in shown
        assert '<progress id="how-far" value="2" max="5">' in shown
        assert "2 of 5" in as_user(world.chair).get(reverse("export_list")).content.decode()

    def test_done_twice_it_changes_nothing(self, made):
        before = (bytes(made.content), made.finished_at)
        tasks.make(made.pk)
        made.refresh_from_db()
        assert (bytes(made.content), made.finished_at) == before

    def test_a_failure_is_told(self, world, asked, monkeypatch):
        def fails(*args):
            raise OSError("the disc is full")

        monkeypatch.setattr("channel.meetings.pdf.render", fails)
        outbox.drain()
        asked.refresh_from_db()
        assert asked.state == Export.State.FAILED
        assert "Something went wrong" in page(world.chair, asked)
        assert as_user(world.chair).get(url(asked, "export_file")).status_code == 409

    def test_who_lost_the_role_meanwhile_gets_nothing(self, world, asked):
        User.objects.filter(pk=world.chair.pk).update(is_active=False)
        outbox.drain()
        asked.refresh_from_db()
        assert asked.state == Export.State.FAILED


class TestHandingOut:
    def test_the_asker_takes_it_away(self, world, held, made):
        answer = as_user(world.chair).get(url(made, "export_file"))
        assert answer.content == bytes(made.content)
        assert answer["Content-Type"] == "application/zip"
        assert 'filename="minutes' in answer["Content-Disposition"]
        found = Event.objects.filter(type=EventType.EXPORTED)
        assert found.get(case_reference="").details["meetings"] == [str(held.pk)]
        assert {event.case_reference for event in found} == {
            "",
            held.items.get().case.reference,
        }

    def test_nobody_else_ever_opens_it(self, world, elsewhere, made):
        others = (world.deputy, world.administrator, world.sysadmin, elsewhere.chair)
        for name in ("export", "export_file"):
            expect(url(made, name), {world.chair: 200, **dict.fromkeys(others, 404), None: 302})
        listed = as_user(world.deputy).get(reverse("export_list")).content.decode()
        assert "You have not asked for a file yet" in listed

    def test_it_wants_a_fresh_proof(self, world, made):
        client = prove(as_user(world.chair), world.chair, ago=3600)
        answer = client.get(url(made, "export_file"))
        assert answer.status_code == 302
        assert "reauthenticate" in answer.url
        assert "asked to confirm" in client.get(url(made)).content.decode()

    def test_a_case_restricted_since_keeps_it_back(self, world, held, made):
        case = held.items.get().case
        restricting.restrict_case(case, people=[world.lead], reason="r", by=world.supervisor)
        answer = as_user(world.chair).get(url(made, "export_file"))
        assert answer.status_code == 409
        assert "Make a new one" in answer.content.decode()
        assert not Event.objects.filter(type=EventType.EXPORTED).exists()

    def test_a_bar_since_keeps_it_back(self, world, held, made):
        restricting.set_bar(
            held.items.get().case, user=world.chair, reason="r", by=world.supervisor
        )
        with pytest.raises(ActionInvalid, match="no longer open"):
            exports.hand_out(made, by=world.chair)

    def test_a_share_that_ended_since_keeps_it_back(self, world, held):
        export = exports.ask("minutes", {"meetings": [held.pk]}, by=world.health)
        outbox.drain()
        export = access.get_export(world.health, export.pk)
        assert exports.hand_out(export, by=world.health)
        grants.unshare(held.items.get().case, world.agency("health"), ShareKind.PANEL)
        with pytest.raises(ActionInvalid, match="no longer open"):
            exports.hand_out(export, by=world.health)

    def test_after_a_day_it_is_gone(self, world, made):
        with clock.at(made.expires_at):
            assert as_user(world.chair).get(url(made, "export_file")).status_code == 409
            assert "kept for 24 hours" in page(world.chair, made)
            tasks.forget_expired()
        made.refresh_from_db()
        assert (made.state, made.content, made.holds) == (Export.State.EXPIRED, None, [])
        assert exports.forget_expired() == 0

    def test_one_that_nobody_finishes_is_given_up_after_a_day(self, world, asked):
        with clock.at(asked.asked_at + datetime.timedelta(hours=25)):
            exports.forget_expired()
        asked.refresh_from_db()
        assert asked.state == Export.State.FAILED
        assert exports.ask(asked.kind, asked.ids, by=world.chair) != asked

    def test_one_that_is_not_ready_is_refused(self, world, asked):
        with pytest.raises(ActionInvalid, match="not ready"):
            exports.hand_out(asked, by=world.chair)


@pytest.mark.db
class TestWall:
    def test_the_database_shows_it_to_its_asker_and_the_service_only(self, world, made):
        for identity, number in (
            (identity_of(world.chair), 1),
            (wall.SERVICE, 1),
            (identity_of(world.deputy), 0),
            (identity_of(world.officer), 0),
            (wall.NOBODY, 0),
        ):
            with wall.acting_for(identity), connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM channel_export")
                assert cursor.fetchone() == (number,), identity

    def test_nobody_writes_one_for_another(self, world):
        with (
            pytest.raises(DatabaseError),
            wall.acting_for(identity_of(world.deputy)),
            transaction.atomic(),
        ):
            Export.objects.create(kind="minutes", asked_by=world.chair)
