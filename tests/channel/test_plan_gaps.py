"""Factors rated strongly that no item of the plan addresses: named, until one does or it is said why."""

from channel.support.models import SupportPlan
from tests import stages
from tests.access import as_user
from tests.channel.test_plan import ANSWERS, plan_url, text_for


def test_strong_factors_without_an_item_are_named_until_one_addresses_them(world):
    case = stages.plan_written(world)
    assert "1 factor rated strongly has no item" in text_for(world.lead, plan_url(case))
    stages.add_item(world, case, "education", factors=["E01"], title="Tutor")
    text = text_for(world.lead, plan_url(case))
    assert "rated strongly" not in text
    assert "E01 " in text


def say_why(world, case, why, *, version="1"):
    """Write the next version as the browser would, everything else as it was."""
    rows = [
        str(item.root_id)
        for item in SupportPlan.objects.get(case=case, version=version).items.all()
    ]
    sent = {"version": version, "carry_over": rows, "offered": ",".join(rows), "no_item_E01": why}
    return as_user(world.lead).post(plan_url(case, "new/"), ANSWERS | sent)


def test_why_there_is_none_is_said_in_the_next_version(world):
    case = stages.plan_written(world)
    shown = text_for(world.lead, plan_url(case))
    assert f"{plan_url(case, 'new/')}#id_no_item_E01" in shown
    asked = text_for(world.lead, plan_url(case, "new/"))
    assert "Why is there no item for E01 " in asked
    assert 'id="id_no_item_E01"' in asked
    assert say_why(world, case, "School does this already.").url == plan_url(case)
    plan = SupportPlan.objects.get(case=case, version=2)
    assert plan.no_item == {"E01": "School does this already."}
    text = text_for(world.lead, plan_url(case))
    assert "rated strongly has no item" not in text
    assert "School does this already." in text
    assert "School does this already." in text_for(world.lead, plan_url(case, "new/"))
    say_why(world, case, "", version="2")
    assert SupportPlan.objects.get(case=case, version=3).no_item == {}
    assert "1 factor rated strongly has no item" in text_for(world.lead, plan_url(case))
    assert "School does this already." in text_for(world.lead, plan_url(case, "versions/2/"))


def test_it_is_for_coordinators_who_read_the_assessment(world):
    case = stages.plan_written(world)
    say_why(world, case, "School does this already.")
    say_why(world, case, "Still so.", version="2")
    for user in (world.health, world.children, world.provider):
        assert "Still so." not in text_for(user, plan_url(case))
    past = text_for(world.health, plan_url(case, "versions/2/"))
    assert "School does this already." not in past


def test_a_first_version_asks_for_none(world):
    case = stages.supported(world)
    assert "no_item_" not in text_for(world.lead, plan_url(case, "new/"))
