"""The last report on sessions is due after an item was done, until it covers the day it ended on."""

import datetime

import pytest
from django.core import mail

from channel.casework import work
from channel.support import delivery, tasks
from channel.support.actions import delivery as acts
from channel.support.actions import items
from channel.support.models import PlanItem
from channel.support.queries import current_items
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from referrals.access import Reader
from tests import stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)


@pytest.fixture
def item(world):
    """Seven contracted sessions, and the item is done after twenty days without a report."""
    case = stages.consented(world, stages.supported(world))
    stages.write_plan(world, case)
    stages.add_item(world, case, sessions_agreed=7)
    item = items.start_item(PlanItem.objects.get(), by=world.provider)
    with clock.at(clock.now() + 20 * DAY):
        on = clock.today()
        words = {"text": "Finished.", "on": on, "status": "done", "version": item.version}
        items.record_progress(item, **words, by=world.provider)
    item.refresh_from_db()
    return item


def asked(user):
    sections = {one.key: one.rows for one in work.work(user).sections}
    return [row.what for row in sections.get("reports", [])], len(sections["support"])


def test_it_is_asked_for_until_it_covers_the_end(world, item):
    page = f"/cases/{item.case.reference}/plan/items/{item.pk}/"
    with clock.at(clock.now() + 40 * DAY):
        assert asked(world.provider) == (["Report on the sessions"], 0)
        (shown,) = current_items(Reader(world.lead, item.case))
        assert [one[:6] for one in delivery.Delivery.of(shown).alerts] == ["report"]
        text = as_user(world.provider).get(page).content.decode()
        assert "Report on the sessions" in text
        assert "Record a session" not in text
        expect(f"{page}report/", {world.provider: 200, world.lead: 200, world.health: 403})
        mail.outbox.clear()
        tasks.send_report_overdue(item.pk, delivery.due_now(item).isoformat())
        assert [one.to for one in mail.outbox] == [[world.agency("provider").mailbox]]
        with pytest.raises(ActionDenied):
            acts.record_report(item, until_on=clock.today(), text="x", by=world.health)
        early = delivery.started_on(item) + 10 * DAY
        acts.record_report(item, until_on=early, text="The first days.", by=world.provider)
        assert delivery.due_now(item) == clock.add_months(early, 1)
        acts.record_report(item, until_on=clock.today(), text="The rest.", by=world.provider)
        assert delivery.due_now(item) is None
        assert asked(world.provider) == ([], 0)
        (shown,) = current_items(Reader(world.lead, item.case))
        assert delivery.Delivery.of(shown).alerts == []
        with pytest.raises(ActionInvalid):
            acts.record_report(item, until_on=clock.today(), text="x", by=world.provider)


def test_a_new_version_of_the_plan_takes_it_not_away(world, item):
    stages.write_plan(world, item.case, replaces=1, carry_over=[])
    with clock.at(clock.now() + 40 * DAY):
        assert asked(world.provider) == (["Report on the sessions"], 0)
        acts.record_report(item, until_on=clock.today(), text="All.", by=world.provider)
        assert asked(world.provider) == ([], 0)
