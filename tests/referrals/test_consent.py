"""The log of consent: who was asked what, what they said, and what counts now."""

import datetime

import pytest
from django.urls import reverse

from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions.consent import record_consent
from referrals.actions.lifecycle import make_move
from referrals.consent import decides_alone, in_force, support_consent
from referrals.models import Consent
from tests import stages
from tests.access import expect, sign_in

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
}


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.at(FRIDAY):
        yield


def url_of(case):
    return reverse("case_consent", args=[case.reference])


def say(case, by, position="to_seek", about="support", **changes):
    words = {"decided_on": TODAY, "note": "Decided at the preliminary assessment."} | changes
    return record_consent(case, about=about, position=position, by=by, **words)


def test_nothing_is_in_force_before_something_is_recorded(world):
    case = stages.released(world)
    assert support_consent(case) is None


def test_the_newest_entry_about_the_same_thing_counts(world):
    case = stages.released(world)
    say(case, world.lead)
    given = say(case, world.lead, "given", given_by="parent")
    say(case, world.lead, "refused", about="sharing", given_by="self")
    assert support_consent(case) == given
    assert in_force(case, "sharing").position == "refused"
    with clock.at(FRIDAY + datetime.timedelta(days=1)):
        withdrawn = say(case, world.officer, "withdrawn", given_by="self")
    assert support_consent(case) == withdrawn
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


def test_a_parents_answer_needs_no_word_on_the_childs_capacity(client, world):
    case = stages.released(world)
    sign_in(client, world.lead)
    data = GIVEN | {"given_by": "parent", "capacity_considered": ""}
    assert client.post(url_of(case), data).status_code == 302


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
