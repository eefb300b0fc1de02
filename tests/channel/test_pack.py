"""The pack: briefs, frozen versions, who reads what of them, recall and the issue log."""

import datetime
import json

import pytest
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError
from django.urls import reverse

from accounts.roles import ShareKind
from channel.meetings import access, queries
from channel.meetings.actions import packs
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.models import AgendaItem, Pack, PackCopy, PackRecall
from channel.meetings.pack import access as packs_access
from channel.meetings.pack import brief, frozen
from channel.meetings.pack.parts import cut
from channel.meetings.pack.sources import FROZEN, gather
from channel.support.models import PlanItem
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.guards import RUNTIME_ROLE
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark
from referrals.actions import parallel, restricting, sharing
from referrals.models import ParallelProcess, Referral
from tests import stages
from tests.access import as_user
from tests.referrals.answers import ANSWERS
from vaf.actions import assessments

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


def parts(record, number, mark="COORDINATION"):
    """The parts of one item by name, as they stand in a whole record."""
    item = next(one for one in record["items"] if one["number"] == number)
    return {part["name"]: part for part in item["briefs"][mark]}


def words(part):
    return " | ".join(cell for row in part["rows"] for cell in row)


def record_of(meeting):
    return frozen.read(Pack.newest(meeting))


def assess(world, case, ratings, level="low", point="panel"):
    found = assessments.start(case, point=point, by=world.officer)
    stages.rate(found, world.officer, ratings=ratings, level=level)
    return assessments.sign(found, by=world.officer)


class TestBrief:
    def test_a_case_in_support_is_told_on_one_side(self, world):
        case = stages.plan_written(world)
        with clock.at(MONDAY + datetime.timedelta(days=20)):
            terms = parallel.Terms("Testshire MAPPA", "I. Invented", "channel", clock.today())
            parallel.record_process(case, terms, kind="mappa", since=clock.today(), by=world.lead)
            found = parts(record_of(stages.issued(world)), "1")
        assert list(found) == [
            "person", "concern", "last", "assessment", "plan", "risks", "consent", "actions",
            "beside",
        ]  # fmt: skip
        assert words(found["person"]).startswith("C.B., 16 years old, stage: support")
        assert "Ruth Okafor" in words(found["concern"])
        assert "Adopt for Channel support" in words(found["last"])
        assert [row[0] for row in found["plan"]["rows"]] == [
            "Mentoring on Thursdays",
            "Family worker",
        ]
        assert "Not started" in words(found["plan"])
        assert "To the person: same" in words(found["risks"])
        assert "Channel support: given by a parent" in words(found["consent"])
        assert "Ask the school about attendance" in words(found["actions"])
        assert "late" in words(found["actions"])
        assert "MAPPA, led by Testshire MAPPA" in words(found["beside"])

    def test_a_panel_reader_has_only_what_is_for_the_panel(self, world):
        stages.plan_written(world)
        found = parts(record_of(stages.issued(world)), "1", "PANEL")
        assert list(found) == ["person", "last", "plan", "risks", "actions"]
        assert {part["mark"] for part in found.values()} == {"PANEL"}

    def test_a_new_case_says_that_there_is_no_plan(self, world):
        stages.at_panel(world)
        found = parts(record_of(stages.issued(world)), "1")
        assert words(found["plan"]) == "No plan: first time at panel."
        assert "last" not in found
        assert "He is being drawn in by one man." in words(found["risks"])

    def test_a_change_is_told_factor_by_factor_and_never_added_up(self, world):
        case = stages.plan_written(world)
        for days, ratings, level in ((10, {"E01": "strongly", "I01": "partly"}, "medium"),
                                     (12, {"E01": "partly", "E02": "strongly"}, "low")):  # fmt: skip
            with clock.at(MONDAY + datetime.timedelta(days=days)):
                assess(world, case, ratings, level, "review")
        with clock.at(MONDAY + datetime.timedelta(days=13)):
            table = parts(record_of(stages.issued(world)), "1")["assessment"]
        assert table["columns"] == ["Dimension", "Judged", "Strong now", "Since 3 December 2026"]
        rows = {row[0]: row[1:] for row in table["rows"]}
        assert len(rows) == 3
        engagement = next(row for row in rows.values() if "Weaker: E01" in row[2])
        assert engagement[0] == "Low, was medium"
        assert engagement[1].startswith("E02 ")
        assert "Now known: E02" in engagement[2]
        assert any("No longer known: I01" in row[2] for row in rows.values())
        assert any(row[1:] == ["None", "As before"] for row in rows.values())

    def test_who_asked_to_stay_anonymous_stays_so(self, world):
        stages.at_panel(world, anonymous="yes")
        text = Pack.newest(stages.issued(world)).record
        assert "somebody who asked to stay anonymous" in text
        assert ANSWERS["referrer_name"] not in text

    def test_without_facts_it_says_so(self, world):
        case = stages.at_panel(world)
        item = stages.issued(world).items.get()
        rows = gather([item])[case.pk]
        rows.facts, rows.referrals = [], []
        item.case.owner = None
        found = {part.name: part for part in brief.brief(item, rows, FROZEN)}
        assert found["person"].rows[0][0].startswith("Name not known, age not known")
        assert found["person"].rows[0][0].endswith(f"lead: {case.owner_agency.name}")
        assert "concern" not in found

    def test_what_police_keep_is_not_in_it(self, world):
        case = stages.at_panel(world)
        ParallelProcess.objects.create(
            case=case, mark=Mark.POLICE, kind="policing", since=clock.today(), lead="Quokka squad",
            contact="x", ownership="channel", review_on=clock.today(), by=world.officer,
        )  # fmt: skip
        assert "Quokka" not in Pack.newest(stages.issued(world)).record


class TestCut:
    def test_a_short_text_stays_on_one_line(self):
        assert cut("One\n two  three", 40) == "One two three"

    def test_a_long_one_is_cut_at_a_word_and_says_where_it_goes_on(self):
        found = cut("word " * 100, 240)
        assert found.endswith("word... (continues in the case file)")
        assert len(found) <= 240
        assert cut("word " * 100, 20) == "word word word..."

    def test_wide_letters_count_twice_and_a_word_without_end_is_cut_too(self):
        found = cut("W" * 400, 100)
        assert 30 < found.count("W") <= 50


class TestVersions:
    def test_the_first_is_made_with_the_agenda(self, world):
        stages.at_panel(world), stages.at_panel(world)
        pack = Pack.newest(stages.issued(world))
        assert (pack.version, str(pack)) == ("1.0", f"Pack {pack.pk}")
        assert pack.is_intact
        record = json.loads(pack.record)
        assert pack.record == frozen.text_of(record)
        assert record["news"] == []
        assert [one["number"] for one in record["items"]] == ["1", "2"]
        event = Event.objects.get(type=EventType.PACK_ISSUED)
        assert event.details == {"version": "1.0", "sha256": pack.sha256}

    def test_no_agenda_no_pack(self, world, monkeypatch):
        stages.at_panel(world)

        def fails(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr(frozen, "build", fails)
        with pytest.raises(RuntimeError), transaction.atomic():
            stages.issued(world)
        assert not AgendaItem.objects.exists()

    def test_late_items_make_the_next_which_says_what_is_new(self, world):
        first = stages.at_panel(world)
        meeting = stages.issued(world)
        before = record_of(meeting)["items"]
        Referral.objects.filter(case=first).first()
        stages.at_panel(world)
        with clock.at(MONDAY + datetime.timedelta(hours=2)):
            issue_agenda(meeting, by=world.administrator)
        after = record_of(meeting)
        assert after["version"] == "1.1"
        assert after["news"] == [{"number": "1a", "note": ""}]
        assert after["items"][:1] == before
        assert after["items"][1]["as_at"] > before[0]["as_at"]

    def test_a_supplement_makes_one_brief_anew(self, world):
        case = stages.plan_written(world)
        stages.at_panel(world)
        meeting = stages.issued(world)
        number = meeting.items.get(case=case).number
        before = record_of(meeting)["items"]
        item = PlanItem.objects.filter(case=case).first()
        item.title = "Boxing on Fridays"
        item.save()
        assert "Boxing" not in Pack.newest(meeting).record
        pack = packs.issue_supplement(
            meeting, numbers=[number], note="The plan changed.", by=world.administrator
        )
        after = frozen.read(pack)
        assert pack.version == "1.1"
        assert after["news"] == [{"number": number, "note": "The plan changed."}]
        assert "Boxing on Fridays" in words(parts(after, number)["plan"])
        assert [a for a, b in zip(after["items"], before, strict=True) if a == b] == [
            one for one in before if one["number"] != number
        ]

    def test_who_issues_one_and_when(self, world):
        case = stages.at_panel(world)
        planned = stages.planned(world)
        with pytest.raises(ActionInvalid, match="not been issued yet"):
            packs.issue_supplement(planned, numbers=["1"], note="n", by=world.chair)
        issue_agenda(planned, by=world.administrator)
        for numbers, refused in ((["9"], "not on this agenda"), ([], "Choose the items")):
            with pytest.raises(ActionInvalid, match=refused):
                packs.issue_supplement(planned, numbers=numbers, note="n", by=world.chair)
        for user in (world.officer, world.children):
            with pytest.raises(ActionDenied):
                packs.issue_supplement(planned, numbers=["1"], note="n", by=user)
        restricting.set_bar(case, user=world.deputy, reason="r", by=world.supervisor)
        with pytest.raises(ActionInvalid, match="not on this agenda"):
            packs.issue_supplement(planned, numbers=["1"], note="n", by=world.deputy)

    @pytest.mark.db
    def test_nothing_changes_a_version(self, world):
        stages.at_panel(world)
        pack = Pack.newest(stages.issued(world))
        pack.record = "x"
        assert not pack.is_intact
        with pytest.raises(DatabaseError), transaction.atomic():
            pack.save()
        with pytest.raises(DatabaseError), transaction.atomic():
            Pack.objects.all().delete()

    @pytest.mark.db
    def test_a_page_of_one_that_was_altered_is_refused(self, world):
        stages.at_panel(world)
        meeting = stages.issued(world)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE channel_pack SET record = replace(record, 'case', 'Case')")
            cursor.execute(f"SET LOCAL session_replication_role = origin; SET ROLE {RUNTIME_ROLE}")
        with pytest.raises(ActionInvalid, match="does not match its hash"):
            packs_access.require_intact(meeting)
        page = as_user(world.chair).get(reverse("pack_brief", args=[meeting.pk, "1"]))
        assert page.status_code == 409


class TestReaders:
    def test_a_copy_is_what_the_reader_could_work_out_for_themselves(self, world):
        """For everybody and every item: the frozen brief is the one made of what they may read."""
        from referrals.access import Reader

        stages.plan_written(world)
        with clock.at(MONDAY + datetime.timedelta(days=20)):
            barred, restricted = stages.at_panel(world), stages.at_panel(world)
            meeting = stages.issued(world)
            restricting.set_bar(barred, user=world.children, reason="r", by=world.supervisor)
            restricting.restrict_case(
                restricted, people=[world.chair], reason="r", by=world.supervisor
            )
            record = record_of(meeting)
            for user in (world.chair, world.officer, world.children, world.lead, world.provider):
                items = list(access.items_for(user, meeting))
                rows = gather(items) if items else {}
                mine = {
                    one.number: [
                        part.name
                        for part in brief.brief(
                            one, rows[one.case_id], Reader(user, one.case).marks
                        )
                    ]
                    for one in items
                }
                copy = frozen.for_reader(record, user, meeting)
                read = {
                    one["number"]: [part["name"] for part in one["parts"]]
                    for one in copy["items"]
                    if "parts" in one
                }
                assert read == mine, user
                assert all(
                    one == {"number": one["number"], "restricted": "Restricted item"}
                    for one in copy["items"]
                    if "parts" not in one
                )

    def test_a_bar_and_the_end_of_a_share_bite_at_once(self, world):
        first, second = stages.at_panel(world), stages.at_panel(world)
        meeting = stages.issued(world)
        whole = record_of(meeting)
        restricting.set_bar(first, user=world.health, reason="r", by=world.supervisor)
        sharing.unshare_case(
            second,
            agency=world.agency("health"),
            kind=ShareKind.PANEL,
            reason="r",
            by=world.officer,
        )
        mine = frozen.text_of(frozen.for_reader(whole, world.health, meeting))
        assert first.reference not in mine
        assert second.reference not in mine

    def test_news_of_an_item_for_somebody_else_is_none(self, world):
        case = stages.at_panel(world)
        meeting = stages.issued(world)
        packs.issue_supplement(meeting, numbers=["1"], note="Quokka", by=world.chair)
        restricting.set_bar(case, user=world.health, reason="r", by=world.supervisor)
        mine = frozen.for_reader(record_of(meeting), world.health, meeting)
        assert mine["news"] == []
        assert "Quokka" not in frozen.text_of(mine)


class TestRecall:
    def test_nobody_opens_it_and_the_next_is_made_anew(self, world):
        case = stages.plan_written(world)
        meeting = stages.issued(world)
        item = PlanItem.objects.filter(case=case).first()
        item.title = "Boxing on Fridays"
        item.save()
        recall = packs.recall_pack(meeting, version="1.0", reason="Wrong case.", by=world.chair)
        assert str(recall) == f"Recall {recall.pk}"
        assert recall.sentence == (
            "This pack was recalled on 23 November 2026. Ask the panel administrator."
        )
        assert Event.objects.get(type=EventType.PACK_RECALLED).details == {"version": "1.0"}
        with pytest.raises(ActionInvalid, match="was recalled"):
            packs.recall_pack(meeting, version="1.0", reason="r", by=world.chair)
        packs.issue_supplement(meeting, numbers=[], note="", by=world.administrator)
        newest = Pack.newest(meeting)
        assert (newest.version, newest.recalled) == ("1.1", None)
        assert "Boxing on Fridays" in newest.record

    def test_who_and_when(self, world):
        meeting = stages.planned(world)
        with pytest.raises(ActionInvalid, match="not been issued yet"):
            packs.recall_pack(meeting, version="1.0", reason="r", by=world.chair)
        stages.at_panel(world)
        issue_agenda(meeting, by=world.administrator)
        with pytest.raises(ActionInvalid, match="newer version"):
            packs.recall_pack(meeting, version="0.9", reason="r", by=world.chair)
        with pytest.raises(ActionDenied):
            packs.recall_pack(meeting, version="1.0", reason="r", by=world.children)
        assert not PackRecall.objects.exists()


class TestCopies:
    def test_each_is_in_the_issue_log_and_in_that_of_the_area(self, world):
        stages.at_panel(world)
        pack = Pack.newest(stages.issued(world))
        copy = packs.hand_out(pack, sha256="0" * 64, by=world.health)
        assert (str(copy), copy.to) == (f"Copy {copy.pk}", world.health)
        event = Event.objects.get(type=EventType.PACK_DOWNLOADED)
        assert event.details == {"version": "1.0", "sha256": "0" * 64}

    def test_only_of_the_current_version_and_only_to_those_who_take_copies(self, world):
        stages.at_panel(world)
        meeting = stages.issued(world)
        pack = Pack.newest(meeting)
        with pytest.raises(ActionDenied):
            packs.hand_out(pack, sha256="0" * 64, by=world.officer)
        packs.issue_supplement(meeting, numbers=["1"], note="n", by=world.chair)
        with pytest.raises(ActionInvalid, match="newer version"):
            packs.hand_out(pack, sha256="0" * 64, by=world.chair)
        packs.recall_pack(meeting, version="1.1", reason="r", by=world.chair)
        with pytest.raises(ActionInvalid, match="was recalled"):
            packs.hand_out(Pack.newest(meeting), sha256="0" * 64, by=world.chair)
        assert not PackCopy.objects.exists()


def test_twelve_cases_take_few_questions(world, django_assert_max_num_queries):
    """What builds the agenda, its twelve items and the record of the pack; sharing comes besides."""
    for _ in range(11):
        stages.at_panel(world)
    stages.plan_written(world)
    meeting = stages.planned(world)
    with django_assert_max_num_queries(15):
        queries.late_cases(world.administrator, meeting)
    issue_agenda(meeting, by=world.administrator)
    assert meeting.items.count() == 12
    with django_assert_max_num_queries(20):
        frozen.build(meeting, "1.0", by=world.administrator)
