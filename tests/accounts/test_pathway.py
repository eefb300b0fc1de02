"""The pathway of an area in words, and changing a value of its policy: preview, day, history."""

import datetime
import json
from pathlib import Path

import pytest
from django.urls import reverse

from accounts import policy_values
from accounts.actions import areas, policy
from accounts.area_policy import AreaPolicy
from accounts.models import Area
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from prevent_cms.history.versions import Rows
from tests.access import expect, seen, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "areas").glob("*.json"))


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


def fresh(world):
    return Area.objects.get(pk=world.area.pk)


def set_value(world, name="return_working_days", value=7, days=0, **more):
    day = clock.today() + datetime.timedelta(days=days)
    return policy.set_value(
        world.area, name=name, value=value, starts_on=day, **{"by": world.sysadmin} | more
    )


def answers(value, day="23", month="11", **more):
    date = {"starts_on_day": day, "starts_on_month": month, "starts_on_year": "2026"}
    return {"value": value, **date, **more}


def test_every_value_has_words_and_its_default_is_right():
    assert list(policy_values.VALUES)
    assert set(policy_values.VALUES) <= set(policy_values.NAMES)
    agencies = {"children": "Children", "adults": "Adults"}
    for name, value in policy_values.VALUES.items():
        default = policy_values.default_of(name)
        assert value.wrong(default, agencies) == "", name
        assert value.words(default, agencies), name
        assert value.wrong(object(), agencies), name


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_values_of_every_area_are_right(path):
    data = json.loads(path.read_text(encoding="utf-8"))
    names = {row["key"]: row["name"] for row in data["agencies"]}
    assert policy_values.faults(data["policy"], names) == []


def test_who_works_there_reads_it_and_nobody_else(client, world, elsewhere):
    people = dict.fromkeys((world.officer, world.children, world.sysadmin), 200)
    for route in ("pathway", "pathway_history"):
        expect(reverse(route, args=["test"]), {**people, elsewhere.chair: 404, None: 302})
    page = sign_in(client, world.children).get(reverse("pathway", args=["test"])).content.decode()
    assert "How cases go here" in page
    assert "10 working days" in page
    assert "Usual value" in page
    assert "/value" not in page
    assert "Change<" not in page
    first = sign_in(client, world.health).get(reverse("pathway_list"))
    assert first["Location"] == reverse("pathway", args=["test"])
    both = sign_in(client, world.sysadmin).get(reverse("pathway_list")).content.decode()
    assert both.count("/pathway/") >= 2


def test_an_administrator_previews_and_then_changes(client, world):
    browser = sign_in(client, world.sysadmin)
    url = reverse("pathway_value", args=["test", "requester"])
    assert "CT case officer" in browser.get(url).content.decode()
    form = seen(browser, url)
    assert "Select who asks agencies" in browser.post(url, answers([], **form)).content.decode()
    preview = browser.post(url, answers(["prevent_lead"], **form)).content.decode()
    assert "Check what will change" in preview
    assert "Dates that are set already stay" in preview
    assert fresh(world).policy == {}
    done = browser.post(url, answers(["prevent_lead"], confirmed="yes", **form))
    assert done["Location"] == reverse("pathway", args=["test"])
    assert fresh(world).rules.requester == ("prevent_lead",)
    page = browser.get(reverse("pathway_history", args=["test"])).content.decode()
    for words in ("Who asks agencies", "Prevent lead", "Sysadmin Invented", "23 Nov"):
        assert words in page
    event = Event.objects.get(type="policy.changed")
    assert event.details == {"value": "requester", "version": 2, "starts": "2026-11-23"}
    assert (event.area_code, event.case_reference) == ("TST", "")


def test_a_value_can_begin_in_future_and_guards_read_the_one_of_today(client, world):
    set_value(world, days=8)
    assert fresh(world).rules.return_working_days == 10
    page = sign_in(client, world.officer).get(reverse("pathway", args=["test"])).content.decode()
    assert "From 1 December 2026:" in page
    with clock.at(MONDAY + datetime.timedelta(days=8)):
        assert fresh(world).rules.return_working_days == 7
        page = sign_in(client, world.officer).get(reverse("pathway", args=["test"]))
        assert "Set by the area, since 1 December 2026" in " ".join(page.content.decode().split())
        set_value(world, value=5, days=3)
        assert fresh(world).rules.return_working_days == 7
    assert AreaPolicy.read(fresh(world).policy, datetime.date(2026, 12, 4)).return_working_days == 5
    page = sign_in(client, world.officer).get(reverse("pathway_history", args=["test"]))
    assert page.content.decode().count("Agencies answer within") == 2


def test_what_cannot_be_is_refused(world):
    with pytest.raises(ActionDenied):
        set_value(world, by=world.supervisor)
    for name, value, days in (
        ("return_working_days", 0, 0),
        ("return_working_days", "7", 0),
        ("return_working_days", 10, 0),
        ("return_working_days", 7, -1),
        ("exit_sign_offs", [], 0),
        ("post_exit_months", [6, 6], 0),
        ("panels", [], 0),
        ("nonsense", 1, 0),
    ):
        with pytest.raises(ActionInvalid):
            set_value(world, name, value, days)
    seen = Rows(Area, id=world.area.pk).version
    set_value(world)
    with pytest.raises(Stale):
        set_value(world, value=8, version=seen)


def test_the_form_says_what_is_wrong_and_does_not_plan_what_is(client, world):
    browser = sign_in(client, world.sysadmin)
    url = reverse("pathway_value", args=["test", "post_exit_months"])
    assert 'value="6, 12"' in browser.get(url).content.decode()
    form = seen(browser, url)
    assert "different numbers" in browser.post(url, answers("6, soon", **form)).content.decode()
    assert "the value already" in browser.post(url, answers("6, 12", **form)).content.decode()
    past = browser.post(url, answers("3", day="20", **form)).content.decode()
    assert "today or in the future" in past
    assert browser.get(reverse("pathway_value", args=["test", "panels"])).status_code == 404
    assert (
        browser.get(reverse("pathway_value", args=["test", "child_notice_to"])).status_code == 200
    )


def test_the_file_loaded_again_leaves_what_was_set_here(world):
    set_value(world)
    set_value(world, "review_months", 2, days=5)
    data = json.loads((Path(__file__).parents[1] / "areas" / "test.json").read_text())
    data["policy"] = {
        "return_working_days": {"value": 9, "source": "seed"},
        "quorum_agencies": {"value": 4, "source": "seed"},
    }
    area = areas.load(data)
    assert fresh(world).rules.return_working_days == 7
    assert fresh(world).rules.quorum_agencies == 4
    assert area.policy["review_months"]["later"]["value"] == 2
    data["policy"]["quorum_agencies"]["value"] = "four"
    with pytest.raises(ValueError, match="enter a number"):
        areas.load(data)
