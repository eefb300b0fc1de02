"""The pages of a pack: who opens them, what they show, the document by the queue, recall and log."""

import datetime
import hashlib

import pytest
from django.urls import reverse

from channel.exports.models import Export
from channel.meetings.actions import packs
from channel.meetings.models import PackCopy
from prevent_cms import clock, outbox
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import restricting
from tests import stages
from tests.access import as_user, expect, prove

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def meeting(world):
    """An issued agenda with a case in support and a new one."""
    stages.plan_written(world), stages.at_panel(world)
    return stages.issued(world)


def url(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def page(user, address):
    answer = as_user(user).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


class TestPages:
    def test_who_opens_them(self, world, elsewhere, meeting):
        everybody = {
            world.chair: 200, world.administrator: 200, world.officer: 200, world.lead: 200,
            world.children: 200, world.provider: 404, world.auditor: 404, elsewhere.chair: 404,
            None: 302,
        }  # fmt: skip
        expect(url("pack", meeting), everybody)
        expect(url("pack_brief", meeting, "1"), everybody)
        expect(url("pack_brief", meeting, "9"), {world.chair: 404, world.children: 404})
        managed = everybody | dict.fromkeys((world.officer, world.lead, world.children), 403)
        for name in ("pack_log", "pack_supplement", "pack_recall"):
            expect(url(name, meeting), managed)
        expect(
            url("pack_pdf", meeting), {world.officer: 403, world.children: 302, world.provider: 404}
        )

    def test_there_is_none_before_the_agenda(self, world):
        meeting = stages.planned(world)
        expect(url("pack", meeting), {world.chair: 409, world.children: 404})
        expect(url("pack_supplement", meeting), {world.chair: 409})
        assert url("pack", meeting) not in page(world.chair, url("meeting", meeting))
        assert "No pack has been issued yet." in page(world.chair, url("pack_log", meeting))

    def test_cover_briefs_and_their_numbers(self, world, meeting):
        cover = page(world.children, url("pack", meeting))
        assert "Version 1.0, issued 23 November 2026, 10am" in cover
        assert url("pack_brief", meeting, "2") in cover
        first = page(world.children, url("pack_brief", meeting, "1"))
        assert "Page 3 of 4" in first
        assert "Item 2, page 4" in first
        assert "Copy of Children Invented, Testshire children" in first
        assert "Item 1, page 3" in page(world.children, url("pack_brief", meeting, "2"))
        assert "Asked of the panel:" in first
        assert url("pack", meeting) in page(world.children, url("meeting", meeting))

    def test_they_ask_few_questions(self, world, meeting, django_assert_max_num_queries):
        browser = as_user(world.children)
        for address in (url("pack", meeting), url("pack_brief", meeting, "1")):
            browser.get(address)
            with django_assert_max_num_queries(14):
                answer = browser.get(address)
            assert len(answer.content) < 60_000

    def test_a_bar_leaves_a_number_at_once(self, world, meeting):
        case = meeting.items.get(number="1").case
        browser = as_user(world.children)
        assert case.reference in browser.get(url("pack", meeting)).content.decode()
        restricting.set_bar(case, user=world.children, reason="r", by=world.supervisor)
        for address in (url("pack", meeting), url("pack_brief", meeting, "1")):
            found = browser.get(address).content.decode()
            assert case.reference not in found
            assert "Item 1: Restricted item" in found

    def test_a_look_is_remembered(self, world, meeting):
        page(world.children, url("pack_brief", meeting, "1"))
        seen = Event.objects.filter(type=EventType.CASE_VIEWED, actor=world.children).last()
        assert seen.details["page"] == "pack_brief"
        assert seen.case_reference == meeting.items.get(number="1").case.reference


class TestNextVersion:
    def test_a_supplement_is_issued_with_a_note(self, world, meeting):
        browser = as_user(world.administrator)
        answer = browser.post(url("pack_supplement", meeting), {"note": "The plan changed."})
        assert "Select the items" in answer.content.decode()
        assert "The plan changed." in answer.content.decode()
        answer = browser.post(
            url("pack_supplement", meeting), {"numbers": ["1"], "note": "The plan changed."}
        )
        assert answer.url == url("pack", meeting)
        cover = page(world.children, url("pack", meeting))
        assert "New in version 1.1" in cover
        assert "The plan changed." in cover

    def test_a_brief_says_when_it_was_made(self, world, meeting):
        with clock.at(MONDAY + datetime.timedelta(hours=2)):
            packs.issue_supplement(meeting, numbers=["1"], note="n", by=world.chair)
        for number, hour in (("1", "midday"), ("2", "10am")):
            shown = page(world.children, url("pack_brief", meeting, number))
            assert f"As it stood on 23 November 2026, {hour}." in shown

    def test_a_recalled_one_opens_for_nobody_and_the_next_replaces_it(self, world, meeting):
        chair, member = as_user(world.chair), as_user(world.children)
        answer = chair.post(url("pack_recall", meeting), {"version": "1.0", "reason": ""})
        assert "Enter why it is recalled" in answer.content.decode()
        answer = chair.post(
            url("pack_recall", meeting), {"version": "1.0", "reason": "Quokka in it."}
        )
        assert answer.url == url("pack_log", meeting)
        for address in (url("pack", meeting), url("pack_brief", meeting, "1")):
            answer = member.get(address)
            assert answer.status_code == 409
            assert "This pack was recalled on 23 November 2026" in answer.content.decode()
        assert chair.get(url("pack", meeting)).url == url("pack_log", meeting)
        assert "Quokka in it." in page(world.chair, url("pack_log", meeting))
        assert "Issue the next version" in page(world.chair, url("pack_log", meeting))
        assert "Every brief is made anew" in page(world.chair, url("pack_supplement", meeting))
        chair.post(url("pack_supplement", meeting), {"note": ""})
        assert "Version 1.1" in page(world.children, url("pack", meeting))
        assert "Replaced" not in page(world.chair, url("pack_log", meeting))


def make(user, meeting):
    """The document asked for and made; its export."""
    answer = as_user(user).post(url("pack_pdf", meeting))
    outbox.drain()
    found = Export.objects.get(pk=int(answer.url.rstrip("/").split("/")[-1]))
    assert found.is_ready
    return found


class TestDocument:
    def test_it_is_made_in_the_background_and_each_copy_is_in_the_log(self, world, meeting):
        assert as_user(world.health).get(url("pack_pdf", meeting)).url == url("pack", meeting)
        made = make(world.health, meeting)
        assert as_user(world.health).get(url("pack_pdf", meeting)).url == reverse(
            "export", args=[made.pk]
        )
        browser = as_user(world.health)
        answer = browser.get(reverse("export_file", args=[made.pk]))
        assert answer.content.startswith(b"%PDF")
        assert (
            answer["Content-Disposition"] == 'attachment; filename="pack-test-2026-12-08-v1.0.pdf"'
        )
        copy = PackCopy.objects.get()
        assert (copy.to, copy.sha256) == (world.health, hashlib.sha256(answer.content).hexdigest())
        assert Event.objects.filter(type=EventType.EXPORTED).exclude(case_reference="").count() == 2
        log = page(world.chair, url("pack_log", meeting))
        assert copy.sha256 in log
        assert "Health Invented, Testshire health" in log

    def test_who_signed_in_a_while_ago_proves_who_it_is(self, world, meeting):
        made = make(world.health, meeting)
        browser = prove(as_user(world.health), world.health, ago=400)
        assert "reauthenticate" in browser.get(reverse("export_file", args=[made.pk])).url
        assert not PackCopy.objects.exists()

    def test_it_is_kept_back_when_less_of_it_may_be_read(self, world, meeting):
        made = make(world.health, meeting)
        case = meeting.items.get(number="1").case
        restricting.set_bar(case, user=world.health, reason="r", by=world.supervisor)
        address = reverse("export_file", args=[made.pk])
        assert as_user(world.health).get(address).status_code == 409
        assert not PackCopy.objects.exists()

    def test_it_is_kept_back_from_who_is_no_coordinator_any_more(self, world, meeting):
        from accounts.models import Membership
        from accounts.roles import Role

        made = make(world.chair, meeting)
        assert len(made.ids["wide"]) == 2
        seat = Membership.objects.get(user=world.chair)
        seat.role, seat.agency = Role.PANEL_MEMBER, world.agency("health")
        seat.save()
        answer = as_user(world.chair).get(reverse("export_file", args=[made.pk]))
        assert answer.status_code == 409
        assert "no longer open to you" in answer.content.decode()

    def test_one_that_was_recalled_or_replaced_is_not_handed_out(self, world, meeting):
        made = make(world.health, meeting)
        packs.issue_supplement(meeting, numbers=["1"], note="n", by=world.chair)
        address = reverse("export_file", args=[made.pk])
        assert "newer version" in as_user(world.health).get(address).content.decode()
        made = make(world.health, meeting)
        packs.recall_pack(meeting, version="1.1", reason="r", by=world.chair)
        answer = as_user(world.health).get(reverse("export_file", args=[made.pk]))
        assert answer.status_code == 409
        assert "was recalled" in answer.content.decode()
        assert not PackCopy.objects.exists()
