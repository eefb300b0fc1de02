"""Information sharing agreements: who keeps them, what is said of them, and when they are due (R103)."""

import datetime
import re

import pytest
from django.urls import reverse

from accounts.actions import agreements, people
from accounts.agreements import queries
from accounts.agreements.models import Agreement, State
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from tests import stages
from tests.access import as_user, expect, seen

DAY = datetime.timedelta(days=1)
LIST = "/agreements/"


def dated(name, day):
    return {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def days(number):
    """Noon, so many days from now: later in the evening summer time would make it the next day."""
    return clock.at(clock.start_of(clock.today() + number * DAY) + DAY / 2)


def typed(world, **changes):
    parties = [str(world.agency(key).pk) for key in ("police", "council", "health")]
    return {
        "name": "Channel agreement",
        "parties": parties,
        "holder": str(world.lead.pk),
        "post": "Head of Community Safety & Trading Standards",
        "kept_at": "File ISA/26",
        **dated("signed_on", clock.today()),
    } | changes


def url(name, row):
    return reverse(name, args=[row.pk])


def test_an_agreement_is_added_and_listed(world):
    browser = as_user(world.lead)
    empty = browser.get(LIST).content.decode()
    assert "No agreement has been added yet." in empty
    assert "Testshire health" in empty, "it has none in force"
    new = f"{LIST}new/test/"
    page = browser.post(new, typed(world), follow=True).content.decode()
    for words in ("Channel agreement", "Head of Community Safety &amp; Trading", "File ISA/26"):
        assert words in page, words
    made = Agreement.objects.get()
    assert made.renews_on == clock.add_months(clock.today(), 12), "yearly"
    assert made.state == State.IN_FORCE
    listed = browser.get(LIST).content.decode()
    assert "In force" in listed
    assert "<li>Testshire health</li>" not in listed
    assert "<li>Testshire education</li>" in listed
    event = Event.objects.get(type="agreement.added")
    assert (event.actor, event.target) == (world.lead, f"accounts.agreement:{made.pk}")
    assert "Channel agreement" not in str(event.details)


def test_what_is_wrong_is_said_beside_it(world):
    new, browser = f"{LIST}new/test/", as_user(world.chair)
    tomorrow, today = clock.today() + DAY, clock.today()
    for wrong, words in (
        ({"parties": []}, "Select the agencies"),
        ({"parties": [str(world.agency("health").pk)]}, "Select at least two agencies"),
        ({"holder": ""}, "Select who keeps it"),
        ({"holder": str(world.officer.pk)}, "Select one of the answers shown"),
        ({"post": ""}, "Enter the post"),
        (dated("signed_on", tomorrow), "must be today or in the past"),
        (dated("renews_on", today), "must be after the day of signing"),
        (dated("renews_on", today + 400 * DAY), "renewed within 12 months of its signing"),
    ):
        page = browser.post(new, typed(world, **wrong)).content.decode()
        assert words in page, words
        assert "Channel agreement" in page, "what was typed is kept"
    assert not Agreement.objects.exists()


def test_the_action_refuses_what_the_form_would(world, elsewhere):
    made = stages.agreement(world)
    draft = agreements.Draft("n", tuple(made.parties), world.lead, "p", clock.today())
    for wrong, words in (
        ({"parties": (made.parties[0], made.parties[0])}, "two or more agencies"),
        ({"parties": (made.parties[0], elsewhere.agency("health").pk)}, "agencies of the area"),
        ({"holder": world.officer}, "Choose somebody who looks after"),
        ({"signed_on": clock.today() + DAY}, "today or in the past"),
        ({"renews_on": clock.today()}, "after the day of signing"),
        ({"renews_on": clock.today() + 400 * DAY}, "within 12 months"),
    ):
        with pytest.raises(ActionInvalid, match=words):
            agreements.add(world.area, agreements.Draft(**vars(draft) | wrong), by=world.lead)
    for stranger in (world.officer, world.sysadmin, elsewhere.lead):
        with pytest.raises(ActionDenied):
            agreements.add(world.area, draft, by=stranger)
    with pytest.raises(ActionInvalid, match="signed anew"):
        agreements.renew(made, signed_on=made.signed_on, version=1, by=world.lead)
    with pytest.raises(ActionInvalid, match="why the agreement ends"):
        agreements.end(made, ended_why=" ", version=1, by=world.lead)
    with pytest.raises(Stale):
        agreements.end(made, ended_why="w", version=7, by=world.lead)


def test_the_four_states(world):
    made = stages.agreement(world, signed=300)
    left = (made.renews_on - clock.today()).days
    found = {}
    for number in (0, left - 61, left - 60, left, left + 1):
        with days(number):
            found[number] = Agreement.objects.get().state
    assert found == {
        0: State.IN_FORCE if left > 60 else State.DUE,
        left - 61: State.IN_FORCE,
        left - 60: State.DUE,
        left: State.DUE,
        left + 1: State.LAPSED,
    }
    agreements.end(made, ended_why="Replaced.", version=1, by=world.lead)
    assert Agreement.objects.get().state == State.ENDED


def test_renewing_counts_from_the_new_signing_and_history_tells_it(world):
    made = stages.agreement(world, signed=400)
    browser = as_user(world.supervisor)
    page = url("agreement_renew", made)
    same = seen(browser, page) | dated("signed_on", made.signed_on)
    assert "on which it was signed anew" in browser.post(page, same).content.decode()
    good = seen(browser, page) | dated("signed_on", clock.today())
    told = browser.post(page, good, follow=True).content.decode()
    fresh = Agreement.objects.get()
    assert fresh.renews_on == clock.add_months(clock.today(), 12)
    assert "The agreement has been renewed" in told
    assert "Supervisor Invented" in told
    assert "Signed: " in told
    assert ", now " in told
    first, last = queries.history(fresh)[-1], queries.history(fresh)[0]
    assert ("Name", "", "Testshire agreement") in first.changes
    assert [title for title, *_ in last.changes] == ["Signed", "To be renewed by"]


def test_changing_and_ending(world):
    made = stages.agreement(world)
    browser = as_user(world.lead)
    page = url("agreement_change", made)
    answers = typed(world, **dated("renews_on", clock.today() + 90 * DAY), name="Better name")
    browser.post(page, seen(browser, page) | answers)
    assert Agreement.objects.get().name == "Better name"
    ending = url("agreement_end", made)
    version = seen(browser, ending)
    assert "Enter why it ends" in browser.post(ending, version | {"ended_why": ""}).content.decode()
    gone = version | {"ended_why": "A new one takes its place."}
    told = browser.post(ending, gone, follow=True).content.decode()
    assert "A new one takes its place." in told
    assert "agreement_renew" not in told
    for name in ("agreement_change", "agreement_renew", "agreement_end"):
        expect(url(name, made), {world.lead: 409})
    with pytest.raises(ActionInvalid):
        agreements.end(made, ended_why="Again.", version=3, by=world.lead)
    assert "Agreements that have ended" in browser.get(LIST).content.decode()
    assert [
        one.type for one in Event.objects.filter(type__startswith="agreement.").order_by("pk")
    ] == [
        "agreement.added",
        "agreement.changed",
        "agreement.ended",
    ]


def test_nobody_overwrites_what_another_keeper_saved(world):
    """409, with both beside each other; renewing an agreement that was renewed meanwhile as well."""
    made = stages.agreement(world)
    first, second = as_user(world.lead), as_user(world.chair)
    page = url("agreement_renew", made)
    opened = seen(first, page) | dated("signed_on", clock.today() - 3 * DAY)
    second.post(page, seen(second, page) | dated("signed_on", clock.today() - 5 * DAY))
    answer = first.post(page, opened)
    assert answer.status_code == 409
    assert "Not saved: somebody else changed this" in answer.content.decode()
    assert Agreement.objects.get().signed_on == clock.today() - 5 * DAY


def sent(mailoutbox):
    outbox.drain()
    found = [(one.to, one.subject) for one in mailoutbox if "agreement" in one.subject]
    mailoutbox.clear()
    return found


def test_the_holder_is_reminded_before_and_after_neutrally(world, mailoutbox):
    """30 days before, the day after and 30 days after; each once, however often the service looks."""
    made = stages.agreement(world)
    due = (made.renews_on - clock.today()).days
    found = {}
    for number in (due - 31, due - 30, due - 29, due, due + 1, due + 2, due + 30, due + 31):
        with days(number):
            agreements.remind()
            assert agreements.remind() == 0
            found[number - due] = sent(mailoutbox)
    lapsed = [(["lead@test.example"], "An information sharing agreement has lapsed")]
    (before,) = found[-30]
    assert before[0] == ["lead@test.example"]
    assert before[1].startswith("An information sharing agreement is due for renewal by")
    assert {key: value for key, value in found.items() if value} == {
        -30: [before],
        1: lapsed,
        30: lapsed,
    }


def test_a_mail_says_nothing_and_is_not_sent_for_nothing(world, mailoutbox):
    made = stages.agreement(world, signed=340)
    outbox.drain()
    assert agreements.remind() == 1
    outbox.drain()
    (mail,) = [one for one in mailoutbox if "due for renewal" in one.subject]
    assert "Testshire agreement" not in mail.body + mail.subject
    assert url("agreement", made) in mail.body
    mailoutbox.clear()
    for finish in (
        lambda: agreements.renew(made, signed_on=clock.today(), version=1, by=world.lead),
        lambda: agreements.end(made, ended_why="w", version=2, by=world.lead),
    ):
        day = Agreement.objects.get().renews_on.isoformat()
        outbox.add("agreement_mail", agreement_id=made.pk, renews_on=day)
        finish()
        assert sent(mailoutbox) == []


def test_an_agreement_that_nobody_keeps_any_more_is_everybodys(world, mailoutbox):
    made = stages.agreement(world, signed=360)
    people.leave(world.lead.memberships.get(), on=clock.today(), version=None, by=None)
    agreements.remind()
    outbox.drain()
    told = {to for one in mailoutbox for to in one.to if "agreement" in one.subject}
    assert told == {"supervisor@test.example", "chair@test.example"}
    work = as_user(world.chair).get("/work/").content.decode()
    assert "Nobody at work keeps it" in work
    assert made.name in work


def test_my_work_has_what_is_to_be_renewed(world):
    """The holder's list, and what has lapsed among what is overdue; nobody else's."""
    due = stages.agreement(world, signed=330, name="Due soon")
    stages.agreement(world, signed=380, name="Lapsed one")
    stages.agreement(world, signed=10, name="Far away")
    page = as_user(world.lead).get("/work/").content.decode()
    assert "Agreements to renew: 2" in page
    assert "Far away" not in page
    assert page.count("Lapsed one") == 4, "in its list and overdue, each with a link to it"
    assert url("agreement", due) in page
    for other in (world.chair, world.officer):
        assert "Agreements to renew" not in as_user(other).get("/work/").content.decode()
    assert LIST in page
    assert LIST not in as_user(world.officer).get("/work/").content.decode()


def test_agreements_of_another_area_do_not_exist(world, elsewhere):
    made = stages.agreement(world)
    browser = as_user(elsewhere.lead)
    assert made.name not in browser.get(LIST).content.decode()
    assert browser.get(f"{LIST}new/test/").status_code == 404
    assert browser.get(url("agreement", made)).status_code == 404


def test_a_shorter_policy_leaves_the_dates_of_an_agreement_alone(world):
    long = {"signed_on": clock.today() - 30 * DAY, "renews_on": clock.today() + 300 * DAY}
    made = stages.agreement(world, **long)
    months = {"agreement_months": {"value": 6, "source": "default"}}
    world.area.policy = {**world.area.policy, **months}
    world.area.save()
    page = as_user(world.lead).get(url("agreement_change", made)).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    given = typed(world, name="Another name", version=version)
    given |= dated("signed_on", long["signed_on"]) | dated("renews_on", long["renews_on"])
    assert as_user(world.lead).post(url("agreement_change", made), given).status_code == 302
    kept = Agreement.objects.get()
    assert (kept.name, kept.renews_on) == ("Another name", long["renews_on"])
    given |= {"version": kept.version} | dated("renews_on", clock.today() + 299 * DAY)
    answer = as_user(world.lead).post(url("agreement_change", made), given)
    assert "within 6 months" in answer.content.decode()
