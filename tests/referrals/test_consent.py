"""The log of consent: who was asked what, what they said, and what counts now."""

import datetime

import pytest
from django.db import transaction
from django.urls import reverse

from channel.support.models import PlanItem
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions.consent import record_consent
from referrals.actions.lifecycle import make_move
from referrals.consent import Standing, decides_alone
from referrals.models import Case, Consent
from tests import stages
from tests.access import as_user, expect, sign_in

FRIDAY = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)
TODAY = FRIDAY.date()
GIVEN = {
    "about": "support",
    "position": "given",
    "asked_by": "Form tutor",
    "given_by": "self",
    "capacity_considered": "on",
    "decided_on_day": "20",
    "decided_on_month": "11",
    "decided_on_year": "2026",
    "note": "Said yes after a talk at school.",
    "sensitive": "no",
}


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.at(FRIDAY):
        yield


def url_of(case):
    return reverse("case_consent", args=[case.reference])


def say(case, by, position="to_seek", about="support", **changes):
    words = {"note": "Decided at the preliminary assessment.", "given_by": ""} | changes
    return record_consent(case, stages.consent_entry(position, about=about, **words), by=by)


def test_nothing_is_in_force_before_something_is_recorded(world):
    case = stages.released(world)
    assert Standing.of(case).support is None
    assert not Standing.of(case).allows_support


def test_the_newest_entry_about_the_same_thing_counts(world):
    case = stages.released(world)
    say(case, world.lead)
    given = say(case, world.lead, "given", given_by="parent")
    say(case, world.lead, "refused", about="sharing", given_by="self")
    assert Standing.of(case).support == given
    assert Standing.of(case).on("sharing").position == "refused"
    with clock.at(FRIDAY + datetime.timedelta(days=1)):
        withdrawn = say(case, world.officer, "withdrawn", given_by="self")
    assert Standing.of(case).ended == withdrawn
    assert Event.objects.filter(type=EventType.CONSENT_RECORDED).count() == 4


def test_an_answer_says_whose_it_is(world):
    case = stages.released(world)
    for position in ("given", "refused", "withdrawn"):
        with pytest.raises(ActionInvalid, match="Say who"):
            say(case, world.lead, position)
    assert say(case, world.lead, "not_to_seek", given_by="self").given_by == ""


def test_no_entry_from_the_future_or_after_closing(world):
    case = stages.released(world)
    with pytest.raises(ActionInvalid, match="future"):
        say(case, world.lead, decided_on=TODAY + datetime.timedelta(days=1))
    make_move(case, "close", by=world.officer)
    with pytest.raises(ActionInvalid):
        say(case, world.lead)
    assert not Consent.objects.exists()


def test_a_double_press_is_one_entry(client, world):
    case = stages.released(world)
    sign_in(client, world.lead)
    for _ in range(2):
        assert client.post(url_of(case), GIVEN).url == url_of(case)
    assert Consent.objects.count() == 1
    page = client.get(url_of(case)).content.decode()
    assert "Said yes after a talk at school." in page
    assert "Asked by Form tutor" in page


def test_who_records_and_who_reads(client, world, elsewhere):
    case = stages.released(world)
    may = [world.officer, world.supervisor, world.lead, world.chair, world.deputy]
    outside = [world.children, world.education, world.provider, world.auditor, elsewhere.lead]
    read = dict.fromkeys([*may, world.administrator], 200) | dict.fromkeys(outside, 404)
    expect(url_of(case), read | {None: 302})
    write = dict.fromkeys(may, 302) | {world.administrator: 403, None: 302}
    expect(url_of(case), write | dict.fromkeys(outside, 404), method="post", data=GIVEN)
    expect(url_of(case), {world.lead: 405}, method="put")
    with pytest.raises(ActionDenied):
        say(case, world.administrator)
    sign_in(client, world.administrator)
    assert "Record a decision" not in client.get(url_of(case)).content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"about": ""}, "Select what the consent is about"),
        ({"position": ""}, "Select what was decided or answered"),
        ({"given_by": ""}, "Select who gave, refused or withdrew consent"),
        ({"capacity_considered": ""}, "Confirm that their capacity to decide was considered"),
        ({"decided_on_day": "21"}, "must be today or in the past"),
        ({"decided_on_day": "31"}, "must be a real date"),
        ({"note": ""}, "Enter the reasons"),
        ({"note": "x" * 50_000}, "3,000 characters"),
    ],
)
def test_wrong_answers_are_named_and_kept(client, world, changes, message):
    case = stages.released(world)
    sign_in(client, world.lead)
    page = client.post(url_of(case), GIVEN | changes)
    assert page.status_code == 200
    assert message in page.content.decode()
    assert "Form tutor" in page.content.decode()
    assert not Consent.objects.exists()


def test_under_16_the_log_says_who_was_asked(client, world):
    case = stages.released(world, born="2012-01-01")
    sign_in(client, world.lead)
    data = GIVEN | {"given_by": "parent", "capacity_considered": ""}
    assert "Select who was asked" in client.post(url_of(case), data).content.decode()
    with pytest.raises(ActionInvalid, match="who was asked"):
        say(case, world.lead, "asked", asked_of=())
    assert client.post(url_of(case), data | {"asked_of": ["self", "parent"]}).status_code == 302
    assert "Asked: a parent, the person" in client.get(url_of(case)).content.decode()


def test_at_16_no_answer_without_a_word_on_capacity(world):
    """Mental Capacity Act 2005; a withdrawal is taken at its word."""
    case = stages.released(world)
    for position, given_by in (("given", "self"), ("refused", "self"), ("given", "parent")):
        with pytest.raises(ActionInvalid, match="capacity"):
            say(case, world.lead, position, given_by=given_by, capacity_considered=False)
    say(case, world.lead, "withdrawn", given_by="self", capacity_considered=False)
    assert Standing.of(case).ended is not None


def test_only_an_answer_undoes_an_answer(world):
    """To ask again takes nothing away, and gives nothing."""
    case = stages.released(world)
    say(case, world.lead, "given", given_by="self")
    for position in ("to_seek", "asked", "not_to_seek"):
        say(case, world.lead, position)
        assert Standing.of(case).allows_support
    say(case, world.lead, "refused", given_by="self")
    say(case, world.lead, "asked")
    assert not Standing.of(case).allows_support
    assert Standing.of(case).ended.position == "refused"


def policy(world, *points):
    world.area.policy |= {"consent_points": {"value": list(points), "source": "seed"}}
    with transaction.atomic():
        world.area.save()
    world.area.__dict__.pop("rules", None)


HEAD = "To be considered"


def test_each_point_of_policy_is_to_be_considered_once_it_is_reached(world):
    """R110: at the preliminary assessment and again at the panel, and not before."""
    policy(world, "assessment", "panel")
    overview = lambda case, by: as_user(by).get(case.get_absolute_url()).content.decode()
    case = stages.released(world)
    assert HEAD not in overview(case, world.lead)
    case = stages.assessed(world, name="Person Two", born="1990-01-01")
    text = overview(case, world.lead)
    assert text.count(HEAD) == 2  # in the head of the case, and in its card
    assert "at the preliminary assessment" in text
    assert HEAD not in overview(case, world.children)
    say(case, world.lead, "not_to_seek")
    assert HEAD not in overview(case, world.lead)
    case = stages.at_panel(world, name="Person Three", born="1990-01-01")
    say(case, world.lead, about="sharing")
    assert HEAD not in overview(case, world.lead)
    assert Standing.of(case, []).to_consider == "at the panel"
    make_move(case, "close", by=world.officer)
    case.refresh_from_db()
    assert Standing.of(case, []).to_consider == ""


def test_where_acceptance_is_the_point_support_asks_for_it(world):
    case = stages.supported(world)
    assert Standing.of(case).to_consider == "on acceptance, before support"
    policy(world)
    case.refresh_from_db()
    assert Standing.of(Case.objects.get(pk=case.pk)).to_consider == ""


def test_who_decides_for_them_is_named(client, world):
    case = stages.released(world)
    with pytest.raises(ActionInvalid, match="by what right"):
        say(case, world.lead, "given", given_by="other")
    sign_in(client, world.lead)
    data = GIVEN | {"given_by": "other"}
    assert "by what right" in client.post(url_of(case), data).content.decode()
    data |= {"given_by_who": "Deputy of the Court of Protection", "scope": "Mentoring"}
    assert client.post(url_of(case), data | {"evidence": "Order of 3 May"}).status_code == 302
    text = client.get(url_of(case)).content.decode()
    for words in ("Deputy of the Court of Protection", "Covers: Mentoring", "Order of 3 May"):
        assert words in text


def test_consent_is_checked_again_on_its_day(world):
    case = stages.released(world)
    stages.released(world, name="Person Two", born="1990-01-01")
    with pytest.raises(ActionInvalid, match="next check"):
        say(case, world.officer, "given", given_by="self", recheck_on=TODAY)
    again = TODAY + datetime.timedelta(days=30)
    say(case, world.officer, "given", given_by="self", recheck_on=again)
    work = lambda: as_user(world.officer).get("/work/?show=consent").content.decode()
    assert "Check consent again" not in work()
    with clock.at(FRIDAY + datetime.timedelta(days=30)):
        assert "Check consent again" in work()
        assert case.reference in work()
        assert "Check consent again" not in as_user(world.children).get("/work/").content.decode()
        say(case, world.officer, "given", given_by="self")
        assert "Check consent again" not in work()


def test_a_withdrawal_during_support_stops_every_item_and_says_what_follows(client, world):
    case = stages.plan_written(world)
    sign_in(client, world.lead)
    data = GIVEN | {"position": "withdrawn", "note": "Does not want it any more."}
    page = client.post(url_of(case), data, follow=True).content.decode()
    assert set(PlanItem.objects.filter(case=case).values_list("status", flat=True)) == {"stopped"}
    assert "every item that was open has been stopped" in page
    assert "Decide what happens now" in page
    assert "rests on another ground" not in page
    say(case, world.lead, "refused", about="sharing", given_by="self")
    assert "rests on another ground" in client.get(url_of(case)).content.decode()


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"born": "2010-11-20"}, True),
        ({"born": "2010-11-21"}, False),
        ({"born": None, "age": "16"}, True),
        ({"born": None, "age": "15"}, False),
        ({"born": None, "age": "about 20"}, False),
        ({"born": None}, False),
    ],
)
def test_sixteen_counts_from_the_birthday(world, changes, answer):
    case = stages.released(world, **changes)
    assert decides_alone(world.lead, case) is answer


def test_police_say_that_nothing_comes_from_intelligence(world):
    """Section 38: what they write here, the council reads. Nobody else is asked."""
    case, asked = stages.released(world), "Does any of this come from intelligence?"
    assert asked not in as_user(world.lead).get(url_of(case)).content.decode()
    officer = as_user(world.officer)
    assert asked in officer.get(url_of(case)).content.decode()
    for said, words in (("yes", "Do not send it."), ("", "Select whether any of this comes from")):
        page = officer.post(url_of(case), GIVEN | {"sensitive": said}).content.decode()
        assert words in page
    assert not Consent.objects.filter(case=case).exists()
    assert officer.post(url_of(case), GIVEN).status_code == 302
