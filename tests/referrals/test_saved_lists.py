"""Saved lists: each sees their own cases on them, and is told by mail that there is something."""

import datetime
import re

import pytest
from django.urls import reverse

from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import lists
from referrals.actions import lists as acts
from referrals.filters import Filters
from referrals.models import ListAlert, SavedList
from tests import stages
from tests.access import as_user, expect

pytestmark = pytest.mark.django_db
ALL, NEW = reverse("saved_lists"), reverse("saved_list_new")
OVERDUE = Filters(due="overdue")


@pytest.fixture(autouse=True)
def nothing_else_is_regular(settings):
    """The service's daily work stands aside while the clock is put forward."""
    settings.OUTBOX_REGULAR = {}


def save(user, filters=OVERDUE, *, shared=False, how="none", threshold=None, name="A list"):
    row = acts.save_list(name=name, filters=filters, is_shared=shared, by=user)
    return acts.set_alert(row, how=how, threshold=threshold, by=user)


def page(row, name="saved_list"):
    return reverse(name, args=[row.pk])


def test_a_list_is_saved_changed_and_removed_by_its_owner(world):
    mine = as_user(world.officer)
    here = f"{NEW}?stage=SCREENING&whose=mine&stage=nonsense"
    assert here.replace("&stage=nonsense", "") in mine.get(
        "/cases/?stage=SCREENING&whose=mine"
    ).content.decode().replace("&amp;", "&")
    body = mine.post(here, {"how": "threshold"}).content.decode()
    for words in ("Enter a name for the list", "Select whether you share it", "Enter how many"):
        assert words in body
    form = {"name": "My screening", "is_shared": "no", "how": "threshold", "threshold": "3"}
    assert mine.post(here, form).status_code == 302
    row = SavedList.objects.get()
    assert Filters.of(row.filters) == Filters(stages=("SCREENING",), whose="mine")
    assert (row.agency, row.alerts.get().threshold) == (None, 3)
    assert "My screening" in mine.get(ALL).content.decode()
    assert 'value="3"' in mine.get(page(row)).content.decode()
    other = as_user(world.supervisor)
    assert "My screening" not in other.get(ALL).content.decode()
    assert other.get(page(row)).status_code == 404
    mine.post(page(row), {"name": "Ours", "is_shared": "yes", "how": "daily"})
    assert "Ours" in other.get(ALL).content.decode()
    assert 'name="name"' not in other.get(page(row)).content.decode()
    other.post(page(row), {"how": "weekly", "name": "Theirs"})
    row.refresh_from_db()
    assert (row.name, row.alerts.count()) == ("Ours", 2)
    assert other.post(page(row, "saved_list_remove")).status_code == 403
    assert mine.post(page(row, "saved_list_remove")).status_code == 302
    assert not ListAlert.objects.exists()
    assert Event.objects.filter(type=EventType.LIST_REMOVED).exists()


def test_who_may(world):
    row = save(world.lead, shared=True).saved_list
    for url in (ALL, NEW):
        expect(url, {None: 302, world.officer: 200, world.health: 200, world.auditor: 403})
    expect(page(row), {world.chair: 200, world.officer: 404, world.auditor: 403})
    with pytest.raises(ActionDenied):
        acts.change_list(row, name="x", is_shared=False, by=world.chair)
    with pytest.raises(ActionDenied):
        acts.set_alert(row, how="daily", threshold=None, by=world.officer)
    with pytest.raises(ActionDenied):
        save(world.sysadmin)


def test_only_so_many(world, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 1)
    save(world.officer)
    with pytest.raises(ActionInvalid, match="Remove one first"):
        save(world.officer)


NUMBER = re.compile(r'"Cases"[^>]*>(?:<[^>]*>)*\s*<a class="govuk-link" href="([^"]+)">(\d+)')


def test_the_numbers_of_a_shared_list_are_those_of_its_reader(world, django_assert_max_num_queries):
    stages.screened(world, name="A One")
    for number in range(2):
        stages.released(world, name=f"B {number}", agencies=("health",))
    stages.at_panel(world, name="C One")
    for user, filters in ((world.officer, Filters()), (world.lead, Filters(waiting="panel"))):
        save(user, filters, shared=True)
        save(user, Filters(stages=("INFORMATION_GATHERING",)), shared=True)
    own = save(world.health, Filters(due="overdue", whose="mine")).saved_list
    for user, numbers in (
        (world.officer, [4, 2]),
        (world.supervisor, [4, 2]),
        (world.lead, [1, 2]),
        (world.chair, [1, 2]),
        (world.health, [2]),
    ):
        assert [one.number for one in lists.shown(user)] == numbers, user
        browser = as_user(user)
        browser.get(ALL)
        with django_assert_max_num_queries(12):  # 10, and the savepoint of the view event
            text = browser.get(ALL).content.decode()
        found = NUMBER.findall(text)
        assert [int(number) for _, number in found] == numbers
        for url, number in found:
            listed = browser.get(url.replace("&amp;", "&")).content.decode()
            assert f"<strong>{number} case" in listed
    assert own in lists.seen_by(world.health)


def told(mailoutbox, days=0.0):
    """Whom the service tells when it looks at the lists that much later."""
    mailoutbox.clear()
    with clock.at(clock.now() + datetime.timedelta(days=days)):
        from referrals import tasks

        tasks.look_at_lists()
        outbox.drain()
    mails = [mail for mail in mailoutbox if "list" in mail.subject]
    assert not [m for m in mails if "/cases/" in m.body or "Secret" in m.body]
    return sorted(mail.to[0] for mail in mails)


def test_mails_at_once_daily_and_by_number(world, mailoutbox):
    stages.screened(world, name="A One")
    everything = Filters()
    save(world.officer, everything, how="at_once", name="Secret")
    save(world.supervisor, everything, how="daily")
    save(world.lead, everything, how="threshold", threshold=1)
    save(world.chair, everything, how="none")
    assert told(mailoutbox) == []
    stages.screened(world, name="A Two")
    assert told(mailoutbox) == [world.officer.email], "outside police there is none"
    assert told(mailoutbox) == []
    assert told(mailoutbox, 1.5) == [world.supervisor.email]
    assert told(mailoutbox, 1.5) == []
    stages.released(world, name="A Three")
    assert told(mailoutbox) == sorted([world.officer.email, world.lead.email])
    stages.released(world, name="A Four")
    assert told(mailoutbox) == [world.officer.email], "it had grown to one before"


def test_nobody_is_told_of_a_list_that_is_theirs_no_more(world, mailoutbox):
    alert = save(world.officer, Filters(), shared=True)
    theirs = acts.set_alert(alert.saved_list, how="at_once", threshold=None, by=world.supervisor)
    acts.change_list(alert.saved_list, name="A list", is_shared=False, by=world.officer)
    stages.screened(world)
    assert told(mailoutbox) == []
    acts.look(theirs)
    acts.set_alert(
        acts.change_list(alert.saved_list, name="x", is_shared=True, by=world.officer),
        how="none", threshold=None, by=world.supervisor,
    )  # fmt: skip
    outbox.drain()
    assert not [mail for mail in mailoutbox if "list" in mail.subject]
