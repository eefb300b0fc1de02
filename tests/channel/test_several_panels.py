"""An area of three councils with a panel each: whose case, whose meeting, who sits where (R124)."""

import datetime
import json
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.actions import areas, people
from accounts.models import Agency
from accounts.roles import Role
from channel.meetings import access, queries
from channel.meetings.actions import meetings
from channel.meetings.forms.attendance import seats_of
from channel.meetings.models import Panel
from prevent_cms import clock
from prevent_cms.errors import ActionDenied
from tests import stages
from tests.access import expect, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
SET = Path(__file__).parents[2] / "fixtures" / "areas" / "set.json"
POLICY = json.loads(SET.read_text(encoding="utf-8"))["policy"]


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def three(world):
    """Testshire as an area of two more councils, each with a chair and its own children's services."""
    data = json.loads((Path(__file__).parents[1] / "areas" / "test.json").read_text())
    rows = {row["key"]: row for row in data["agencies"]}
    rows["council"]["council"] = rows["children"]["council"] = "council"
    rows["council"]["districts"] = ["Testwick"]
    for key in ("southend", "thurrock"):
        name = f"{key.title()} Council"
        data["agencies"] += [
            rows["children"]
            | {"key": f"{key}-children", "name": f"{name} children", "council": key},
            rows["council"] | {"key": key, "name": name, "council": key, "districts": [key]},
        ]
    areas.load(data | {"policy": {"panels": POLICY["panels"]}})
    world.area.refresh_from_db()
    world.area.__dict__.pop("rules", None)
    for key in ("southend", "thurrock"):
        user = people.add(email=f"{key}@test.example", name=f"{key.title()} Invented", by=None)
        people.join(user, agency=world.agency(key), role=Role.PANEL_CHAIR, by=None)
        world.users[key] = user
    return world


def plan(world, by, key, day=4):
    """The panel of a council meets in December."""
    at = datetime.datetime(2026, 12, day, 13, tzinfo=datetime.UTC)
    council = world.agency(key)
    return meetings.plan_meeting(world.area, council=council, starts_at=at, place="Room", by=by)


def test_each_council_plans_its_own_panel_under_the_areas_name_for_it(three):
    meeting = plan(three, three.southend, "southend")
    assert (meeting.panel.name, meeting.panel.chair_label) == (
        "Southend Channel panel",
        "Chair or co-chair",
    )
    assert [host.panel_name for host in access.hosts_planned_by(three.thurrock)] == [
        "Thurrock Channel panel"
    ]
    with pytest.raises(ActionDenied):
        plan(three, three.thurrock, "southend")
    plan(three, three.chair, "council")
    assert Panel.objects.filter(area=three.area).count() == 2


def test_a_meeting_is_there_for_its_council_and_those_who_serve_the_whole_area(client, three):
    meeting = plan(three, three.southend, "southend")
    url = reverse("meeting", args=[meeting.pk])
    expect(
        url,
        {three.southend: 200, three.officer: 200, three.thurrock: 404, three.chair: 404},
    )
    assert "Thurrock" not in sign_in(client, three.southend).get(url).content.decode()
    core = {agency.key for agency in queries.core_agencies(meeting.panel)}
    assert core == {"police", "southend", "southend-children", "health", "education"}
    invitable = {agency.key for agency in meeting.panel.agencies(is_core=False)}
    assert invitable == {"provider"}
    assert seats_of(three.southend, meeting)[0].agency == three.agency("southend")
    assert not access.may(three.chair, "manage_meeting", meeting)


def test_a_case_is_heard_by_the_panel_of_the_council_that_had_it_first(three):
    case = stages.at_panel(three)
    first, second = plan(three, three.chair, "council"), plan(three, three.southend, "southend")
    day = MONDAY.date()
    assert [due.case for due in queries.due_cases(three.officer, first.panel, day)] == [case]
    assert queries.due_cases(three.officer, second.panel, day) == []


def test_the_councils_of_a_fixture_point_to_themselves_and_loading_again_changes_nothing(db):
    area = areas.load(json.loads(SET.read_text(encoding="utf-8")))
    councils = area.agencies.filter(kind=Agency.Kind.LOCAL_AUTHORITY)
    assert all(council.council_id == council.pk for council in councils)
    named = {panel.council for panel in area.rules.panels}
    assert named == {council.key for council in councils}
    versions = Agency.history.count()
    areas.load(json.loads(SET.read_text(encoding="utf-8")))
    assert Agency.history.count() == versions
