"""An area's own values, and the fixture that brings them."""

import json
from pathlib import Path

import pytest

from accounts.actions import areas
from accounts.area_policy import PARTIES, PARTY_NAMES, AreaPolicy
from accounts.models import Area
from accounts.roles import Role

FIXTURES = Path(__file__).parents[2] / "fixtures" / "areas"


def test_what_an_area_leaves_out_has_the_default():
    policy = AreaPolicy.read({"return_working_days": {"value": 7, "source": "seed"}})
    assert policy.return_working_days == 7
    assert policy.exit_sign_offs == ("chair", "police")
    assert policy.post_exit_months == (6, 12)


def test_lists_become_tuples_so_that_nobody_changes_them():
    policy = AreaPolicy.read({"exit_sign_offs": {"value": ["panel"], "source": "seed"}})
    assert policy.exit_sign_offs == ("panel",)


def test_a_value_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="exit_signatures"):
        AreaPolicy.read({"exit_signatures": {"value": 2, "source": "default"}})


def test_only_those_whom_policy_names_request_information():
    policy = AreaPolicy.read({"requester": {"value": ["prevent_lead"], "source": "seed"}})
    assert policy.allows("request_information", frozenset({Role.PREVENT_LEAD}))
    assert not policy.allows("request_information", frozenset({Role.CT_CASE_OFFICER}))
    assert policy.allows("convene", frozenset())


def test_every_party_has_a_name_and_every_policy_names_parties():
    assert PARTIES.keys() == PARTY_NAMES.keys()
    for path in FIXTURES.glob("*.json"):
        policy = AreaPolicy.read(json.loads(path.read_text())["policy"])
        assert {*policy.convening_sign_offs, *policy.exit_sign_offs} <= PARTIES.keys()


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_every_value_of_a_fixture_says_where_it_is_from(path):
    for name, entry in json.loads(path.read_text())["policy"].items():
        assert entry.keys() == {"value", "source"}, name
        assert entry["source"] in ("seed", "default"), name


def a_fixture(**changes):
    data = json.loads((Path(__file__).parents[1] / "areas" / "test.json").read_text())
    return data | changes


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_a_new_policy_has_the_next_number():
    first = areas.load(a_fixture())
    assert areas.load(a_fixture()).policy_version == first.policy_version == 1
    assert first.agencies.count() == 6
    changed = areas.load(a_fixture(policy={"quorum_agencies": {"value": 4, "source": "seed"}}))
    assert (changed.pk, changed.policy_version) == (first.pk, 2)
    assert Area.objects.get(code="TST").rules.quorum_agencies == 4


@pytest.mark.django_db
def test_loading_again_brings_an_agency_up_to_date_and_keeps_its_group():
    data = a_fixture()
    agency = areas.load(data).agencies.get(key="health")
    row = next(row for row in data["agencies"] if row["key"] == "health")
    row["mailbox"] = "new@test.example"
    again = areas.load(data).agencies.get(key="health")
    assert (again.group_id, again.mailbox) == (agency.group_id, "new@test.example")
    assert str(again) == "Testshire health"


@pytest.mark.django_db
def test_a_bad_policy_saves_nothing():
    with pytest.raises(ValueError, match="Unknown policy values"):
        areas.load(a_fixture(policy={"nonsense": {"value": 1, "source": "seed"}}))
    assert not Area.objects.exists()
