"""The register of providers, and that nobody delivers before approval, DBS and suitability."""

import datetime
import random

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from channel.support import providers as register
from channel.support.actions import consents, delivery, items, providers
from channel.support.models import ItemUpdate, PlanItem, Provider, ProviderCheck, Session
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from referrals.models import Consent
from tests import stages
from tests.access import as_user

DAY = datetime.timedelta(days=1)


def text(user, url):
    return as_user(user).get(url).content.decode()


def check(world, provider, kind, **changes):
    return providers.record_check(
        provider, stages.provider_check(kind, **changes), by=world.administrator
    )


def own(world, provider, **changes):
    """The suitability check of the mentor."""
    return check(world, provider, "suitability", mentor=stages.MENTOR, **changes)


def planned(world, agency="provider", **changes):
    """An item that could start, if its agency were checked."""
    case = stages.consented(world, stages.supported(world))
    stages.write_plan(world, case)
    draft = stages.item_draft(world, agency, **changes)
    return items.add_item(case, draft, grounds=stages.grounds(), by=world.lead)


def start(world, item):
    return items.start_item(item, by=world.lead)


def url(item):
    return f"/cases/{item.case.reference}/plan/items/{item.pk}/"


# The guard


def test_nothing_starts_before_each_of_the_five(world):
    item = planned(world)
    with pytest.raises(ActionInvalid, match="is not on the register"):
        start(world, item)
    provider = stages.registered_provider(world, areas=())
    steps = (
        ("is not approved for this area", lambda: change(world, provider)),
        ("it has no passed suitability check", lambda: check(world, provider, "suitability")),
        ("Sam Invented has no DBS check on record", lambda: check(world, provider, "dbs")),
        ("Sam Invented has no passed suitability", lambda: own(world, provider)),
    )
    for words, do in steps:
        with pytest.raises(ActionInvalid, match=words):
            start(world, item)
        page = text(world.provider, url(item))
        assert words in page
        assert "Support has started" not in page
        do()
    assert "Support has started" in text(world.provider, url(item))
    assert start(world, item).status == "started"


def change(world, provider, **changes):
    words = {
        "approved_from": clock.today() - 10 * DAY,
        "approved_until": clock.today() + 1000 * DAY,
        "specialisms": "Mentoring",
        "areas": (world.area.pk,),
    }
    version = Provider.objects.get(pk=provider.pk).version
    approval = providers.Approval(**words | changes)
    return providers.change(provider, approval, version=version, by=world.lead)


def test_work_on_ideology_is_led_by_a_provider(world):
    with pytest.raises(ActionInvalid, match="led by an intervention provider"):
        planned(world, "education", type="provider")
    other = planned(world, "education", title="Tutor")
    assert register.hindrance(other, clock.today()) == ""
    assert start(world, other).status == "started"


def test_after_a_move_it_says_that_a_provider_has_to_be_named(world):
    item = planned(world, type="provider")
    items.carry_on(item.case, agency=world.agency("council"), person="Lead", by=world.lead)
    update = ItemUpdate.objects.filter(item=item.root_id).first()
    assert update.text.endswith("An intervention provider has to be named for it here.")
    form = {"type": "provider", "agency": world.agency("council").pk}
    page = as_user(world.lead).post(reverse("case_plan_item_new", args=[item.case.reference]), form)
    assert "Work on ideology is led by an intervention provider" in page.content.decode()


def test_what_lapses_stops_sessions_from_that_day(world):
    item = planned(world)
    provider = stages.registered_provider(world)
    check(world, provider, "dbs", until=clock.today() + 10 * DAY)
    check(world, provider, "suitability")
    own(world, provider)
    item = start(world, item)
    with clock.at(clock.now() + 20 * DAY):
        day = timezone.localdate(item.started_at)
        delivery.record_session(item, on=day + 10 * DAY, is_delivered=True, by=world.provider)
        with pytest.raises(ActionInvalid, match="has no DBS check"):
            delivery.record_session(item, on=day + 11 * DAY, is_delivered=True, by=world.provider)
        assert "No support before the checks" in text(world.lead, url(item))
        check(world, provider, "dbs", on=day + 10 * DAY)  # recorded today, so it counts from today
        with pytest.raises(ActionInvalid, match="has no DBS check"):
            delivery.record_session(item, on=day + 12 * DAY, is_delivered=True, by=world.provider)
        delivery.record_session(item, on=clock.today(), is_delivered=True, by=world.provider)


def test_a_no_in_the_newest_suitability_check_stops_everything(world):
    provider = stages.checked_provider(world)
    answers = tuple((name, name != "credible") for name in ProviderCheck.QUESTIONS)
    check(world, provider, "suitability", answers=answers)
    assert not provider.checks.first().is_passed
    with pytest.raises(ActionInvalid, match="no passed suitability check"):
        start(world, planned(world))
    check(world, provider, "suitability")
    assert register.entries([provider.agency_id])[provider.agency_id].state == []
    own(world, provider, answers=answers)
    with pytest.raises(ActionInvalid, match="Sam Invented has no passed suitability check"):
        start(world, PlanItem.objects.get())


def test_an_approval_that_is_over_stops_everything(world):
    provider = stages.checked_provider(world)
    change(world, provider, approved_until=clock.today() - DAY)
    with pytest.raises(ActionInvalid, match="is not on the approved list"):
        start(world, planned(world))


def test_the_plan_shows_the_checks_to_the_panel(world):
    item = planned(world)
    plan = f"/cases/{item.case.reference}/plan/"
    assert "no check is on record." in text(world.lead, plan)
    provider = stages.registered_provider(world)
    check(world, provider, "dbs")
    page = text(world.lead, plan)
    assert "Sam Invented: DBS seen" in page
    assert "It has no passed suitability check in force." in page
    assert "Sam Invented has no passed suitability check in force." in page


# The register


def test_a_register_lists_what_is_entered_and_what_is_not(world):
    page = text(world.administrator, "/providers/")
    assert "Not on the register" in page
    assert "/providers/" in text(world.administrator, "/work/")
    assert "/providers/" not in text(world.officer, "/work/")
    stages.checked_provider(world)
    page = text(world.administrator, "/providers/")
    assert "Can deliver" in page
    assert "Not on the register" not in page


def test_a_provider_is_entered_changed_and_checked_by_forms(world):
    client, today = as_user(world.administrator), clock.today()

    def dates(**named):
        parts = ("day", "month", "year")
        return {f"{n}_{part}": getattr(d, part) for n, d in named.items() for part in parts}

    form = {
        "agency": world.agency("provider").pk,
        "specialisms": "Mentoring",
        "areas": [world.area.pk],
        **dates(approved_from=today, approved_until=today - DAY),
    }
    page = client.post("/providers/new/test/", form).content.decode()
    assert "The last day must be after the first day" in page
    form |= dates(approved_until=today + 100 * DAY)
    assert client.post("/providers/new/test/", form).status_code == 302
    made = Provider.objects.get()
    base = f"/providers/{made.pk}/"
    words = {"seen_by": "Lead Invented", "level": "enhanced", "mentor": "Sam Invented"}
    given = dates(on=today, until=today - DAY) | words
    page = client.post(f"{base}checks/dbs/", given).content.decode()
    assert "The day until which it counts must be after the check" in page
    given |= dates(until=today + 50 * DAY)
    assert client.post(f"{base}checks/dbs/", given | {"note": "Caution 1999"}).status_code == 302
    assert ProviderCheck.objects.get().note == ""  # what stands in a certificate is never kept
    given |= dict.fromkeys(ProviderCheck.QUESTIONS, "yes") | {"note": "Known."}
    sent = (given, given | {"mentor": ""})
    assert {client.post(f"{base}checks/suitability/", s).status_code for s in sent} == {302}
    given |= {"note": "Spoke with two."}
    assert client.post(f"{base}checks/interview/", given).status_code == 302
    assert client.get(f"{base}checks/other/").status_code == 404
    page = client.get(base).content.decode()
    for words in ("Can deliver", "Enhanced", "Reliable: yes", "Spoke with two.", "Does not end"):
        assert words in page
    form |= {"version": "1", "specialisms": "Ideology"}
    assert client.post(f"{base}change/", form).status_code == 302
    assert "Ideology" in client.get(base).content.decode()
    kinds = list(Event.objects.filter(type__startswith="provider.").values_list("type", flat=True))
    assert kinds == ["provider.added", *["provider.checked"] * 4, "provider.changed"]


def test_who_keeps_the_register_and_what_it_refuses(world, elsewhere):
    provider = stages.registered_provider(world)
    approval = providers.Approval(clock.today(), clock.today(), "s", (world.area.pk,))
    for user in (world.chair, world.officer, world.provider, elsewhere.lead):
        with pytest.raises(ActionDenied):
            providers.change(provider, approval, version=1, by=user)
        with pytest.raises(ActionDenied):
            providers.record_check(provider, stages.provider_check("dbs"), by=user)
    with pytest.raises(Stale):
        providers.change(provider, approval, version=9, by=world.lead)
    with pytest.raises(ActionInvalid, match="already"):
        providers.add(provider.agency, approval, by=world.lead)
    with pytest.raises(ActionInvalid, match="Only an agency"):
        providers.add(world.agency("health"), approval, by=world.lead)
    backwards = providers.Approval(clock.today(), clock.today() - DAY, "s", (world.area.pk,))
    with pytest.raises(ActionInvalid, match="cannot end before it begins"):
        providers.change(provider, backwards, version=1, by=world.lead)


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("dbs", {"on": clock.today() + 400 * DAY}, "in the future"),
        ("dbs", {"until": datetime.date(2020, 1, 1)}, "cannot end before"),
        ("dbs", {"level": ""}, "Answer everything"),
        ("dbs", {"mentor": ""}, "Answer everything"),
        ("dbs", {"note": "What it said"}, "Answer everything"),
        ("dbs", {"until": None}, "Answer everything"),
        ("suitability", {"answers": ()}, "Answer everything"),
        ("interview", {"note": ""}, "Answer everything"),
    ],
)
def test_a_check_that_cannot_be_is_refused(world, kind, changes, words):
    provider = stages.registered_provider(world)
    with pytest.raises(ActionInvalid, match=words):
        check(world, provider, kind, **changes)
    assert not ProviderCheck.objects.exists()


# Whatever people try


# The checks without which nobody meets anybody: a kind, and whose it is.
ASKED = (("dbs", stages.MENTOR), ("suitability", stages.MENTOR), ("suitability", ""))


class Walk:
    """Random acts over two items of a provider, each on a later day or the same."""

    def __init__(self, world, rng):
        self.world, self.rng, self.now = world, rng, clock.now()
        self.case = stages.supported(world)
        stages.write_plan(world, self.case)
        self.provider = stages.registered_provider(world)
        for title in ("One", "Two"):
            draft = stages.item_draft(world, title=title, sessions_agreed=5)
            items.add_item(self.case, draft, grounds=stages.grounds(), by=world.lead)

    def go(self, steps):
        acts = [self.check, self.check, self.check, self.consent, self.start, self.report]
        acts += [self.session] * 4
        for _ in range(steps):
            self.now += self.rng.choice((0, 0, 1, 2)) * DAY + datetime.timedelta(minutes=1)
            with clock.at(self.now):
                try:
                    with transaction.atomic():
                        self.rng.choice(acts)()
                except (ActionInvalid, ActionDenied):
                    continue

    def day(self):
        return clock.today() + self.rng.randint(-6, 1) * DAY

    def item(self):
        return self.rng.choice(list(PlanItem.objects.filter(status__in=PlanItem.OPEN)))

    def check(self):
        (kind, mentor), on = self.rng.choice(ASKED), self.day()
        passed = self.rng.random() < 0.9
        changes = {"on": on, "until": on + self.rng.randint(5, 60) * DAY, "mentor": mentor}
        if kind == "suitability":
            names = ProviderCheck.QUESTIONS
            changes["answers"] = tuple((name, passed or name != "reliable") for name in names)
        check(self.world, self.provider, kind, **changes)

    def consent(self):
        position = self.rng.choice((*["given"] * 8, "refused", "withdrawn"))
        entry = stages.consent_entry(position, decided_on=min(self.day(), clock.today()))
        consents.log_consent(self.case, entry, by=self.world.lead)
        if not PlanItem.objects.filter(status__in=PlanItem.OPEN).exists():
            draft = stages.item_draft(self.world, title="Again", sessions_agreed=5)
            items.add_item(self.case, draft, grounds=stages.grounds(), by=self.world.lead)

    def start(self):
        items.start_item(self.item(), by=self.world.lead)

    def session(self):
        delivery.record_session(
            self.item(),
            on=self.day(),
            is_delivered=self.rng.random() < 0.7,
            missed_why="" if self.rng.random() < 0.7 else "Ill",
            by=self.world.lead,
        )

    def report(self):
        delivery.record_report(self.item(), until_on=self.day(), text="t", by=self.world.lead)


def wrong(session):
    """What is wrong with a session by what was known when it was told, from the rows alone."""
    on = session.on
    known = Consent.objects.filter(about="support", decided_on__lte=on, at__lt=session.at)
    last = known.order_by("at", "pk").last()
    if last is None or last.position != "given":
        return "no consent on that day"
    if on < timezone.localdate(session.item.started_at):
        return "before its start"
    for kind, mentor in ASKED:
        rows = ProviderCheck.objects.filter(
            kind=kind, mentor=mentor, at__lt=clock.start_of(on + DAY)
        )
        newest = rows.order_by("at", "pk").last()
        if newest is None or newest.reliable is False or not newest.on <= on <= newest.until:
            return f"no {kind} of {mentor or 'the provider'} on that day"
    return ""


@pytest.mark.parametrize("seed", range(3))
def test_no_session_is_ever_before_consent_dbs_and_suitability(world, seed):
    walk = Walk(world, random.Random(seed))
    walk.go(150)
    told = [(one.pk, wrong(one)) for one in Session.objects.select_related("item")]
    assert told, "the walk came nowhere"
    assert [one for one in told if one[1]] == []
