"""A share that was made to deliver support ends with it, whichever way support ends."""

import pytest

from accounts.roles import ShareKind
from channel.casework import work as works
from channel.support.actions import consents, items
from channel.support.models import PlanItem
from prevent_cms import clock
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals.actions import closing, hold
from referrals.models import Case
from tests import stages
from tests.access import as_user, expect

LEAVING = stages.leaving()
NAMES = ["Testshire Mentoring", "Testshire children's services"]


@pytest.fixture
def case(world):
    """Support runs, delivered by the provider and by children's services."""
    return stages.plan_written(world)


def deliver(case):
    """The keys of the agencies that the case is shared with to deliver support."""
    rows = case.shares.filter(kind=ShareKind.DELIVER)
    return set(
        case.area.agencies.filter(group__in=rows.values("group")).values_list("key", flat=True)
    )


def ended(case):
    """Whose shares the events say were ended."""
    events = Event.objects.filter(case_reference=case.reference, type=EventType.CASE_UNSHARED)
    return sorted(event.details["agency"] for event in events)


def close(case, world):
    closing.close_case(
        case, outcome="other_needs", reason="Why", leaving=stages.leaving(),
        by=world.officer,
    )  # fmt: skip


def item_of(world, key):
    return PlanItem.objects.get(agency=world.agency(key))


def say(item, by, status="stopped"):
    return items.record_progress(
        item, text="Told.", on=clock.today(), status=status, version=item.version, by=by
    )


def test_when_the_case_returns_to_the_panel(world, case):
    stages.consented(world, case, position="withdrawn")
    consents.return_to_panel(case, reassess_on=clock.today(), by=world.lead)
    assert (deliver(case), ended(case)) == (set(), NAMES)
    expect(f"/cases/{case.reference}/plan/", {world.provider: 404, world.lead: 200})


def test_when_it_is_closed_without_consent_each_ends_once(world, case):
    stages.consented(world, case, position="withdrawn")
    consents.close_without_consent(case, reason="No", leaving=LEAVING, by=world.officer)
    assert (deliver(case), ended(case)) == (set(), NAMES)


def test_when_police_close_it_from_the_desk(world, case):
    close(case, world)
    assert (deliver(case), ended(case)) == (set(), NAMES)
    assert not Case.objects.visible_to(world.provider).exists()


def test_not_while_police_hold_it_and_when_they_close_it_then(world, case):
    hold.hold(case, reason="A call.", by=world.officer)
    assert deliver(case) == {"provider", "children"}
    hold.resume(case, reason="It is over.", by=world.officer)
    hold.hold(case, reason="Another call.", by=world.officer)
    assert ended(case) == []
    close(case, world)
    assert (deliver(case), ended(case)) == (set(), NAMES)


def test_when_the_last_item_of_an_agency_is_stopped(world, case):
    second = stages.add_item(world, case, title="Boxing")
    first = PlanItem.objects.filter(agency=second.agency).earliest("pk")
    say(second, world.lead)
    assert deliver(case) == {"provider", "children"}
    note = {"text": "He moved.", "status": "stopped", "version": first.version}
    today = clock.today()
    note |= {"on_year": today.year, "on_month": today.month, "on_day": today.day}
    address = f"/cases/{case.reference}/plan/items/{first.pk}/"
    answer = as_user(world.provider).post(address, note)
    assert answer.url == "/work/"
    assert (deliver(case), ended(case)) == ({"children"}, ["Testshire Mentoring"])
    expect(address, {world.provider: 404, world.lead: 200})
    assert as_user(world.provider).get("/work/").status_code == 200


def test_a_panel_member_reads_on_when_its_own_item_is_stopped(world, case):
    item = item_of(world, "children")
    note = {"text": "Over.", "status": "stopped", "version": item.version}
    today = clock.today()
    note |= {"on_year": today.year, "on_month": today.month, "on_day": today.day}
    address = f"/cases/{case.reference}/plan/items/{item.pk}/"
    assert as_user(world.children).post(address, note).url == address
    assert deliver(case) == {"provider"}
    expect(address, {world.children: 200})


def test_not_when_an_item_is_done(world, case):
    item = items.start_item(item_of(world, "provider"), by=world.provider)
    say(item, world.provider, status="done")
    assert deliver(case) == {"provider", "children"}


def test_when_a_new_version_drops_the_items_of_an_agency(world, case):
    kept = item_of(world, "provider")
    stages.write_plan(world, case, replaces=1, carry_over=[kept])
    assert (deliver(case), ended(case)) == ({"provider"}, ["Testshire children's services"])


def test_an_item_left_open_by_the_desk_does_not_come_back_by_itself(world, case):
    """Its agency was let out; a new adoption starts with a plan in which everybody has a share."""
    close(case, world)
    closing.reopen_case(case, reason="A new concern.", by=world.chair)
    assert not _support_of(world.children)
    stages.meeting_held(world, "adopt", Case.objects.get(pk=case.pk))
    assert set(PlanItem.objects.values_list("status", flat=True)) == {"stopped"}
    item = stages.add_item(world, case, "children", title="Family worker again")
    assert [row.url for row in _support_of(world.children)] == [
        f"/cases/{case.reference}/plan/items/{item.pk}/"
    ]


def _support_of(user):
    user = type(user).objects.get(pk=user.pk)
    (section,) = [one for one in works.work(user).sections if one.key == "support"]
    return section.rows
