"""Whatever an area's policy, and whichever moves people make: five things never happen.

A walk draws a policy and then lets somebody try something, again and again, by the real actions. What
is refused is refused; after each try every case of the area is looked at. A failing walk says its
seed: `walk(world, random.Random(seed), steps)` goes the same way again.
"""

import datetime
import random

import pytest
from django.db import transaction

from accounts import policy_kinds, policy_values
from accounts.models import Area
from channel.casework.actions import sign_convening
from channel.meetings.actions import agenda, meetings
from channel.support.actions import exits, items
from channel.support.models import PlanItem
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from referrals.actions import (
    closing,
    deconfliction,
    hold,
    release,
    requests,
    returns,
    screening,
)
from referrals.models import Case, Closure, Consent, Deconfliction, InformationRequest
from referrals.workflow import Status
from tests import stages
from vaf.access import latest_signed
from vaf.actions import assessments

BEGIN = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
OUTSIDE = (
    "lead",
    "chair",
    "deputy",
    "administrator",
    "children",
    "health",
    "education",
    "provider",
)
# What fits a stage, so that a walk gets somewhere.
NEXT = {
    "RECEIVED": ("take",),
    "SCREENING": ("screen", "test"),
    "DECONFLICTION": ("check", "release", "release", "test"),
    "HELD": ("resume", "check"),
    "INFORMATION_GATHERING": ("answer", "check", "begin", "begin", "begin"),
    "ASSESSMENT": ("assess", "test", "convene", "convene", "convene"),
    "PANEL": ("meet",),
    "SUPPORT": ("consent", "plan", "start", "meet", "report", "sign_exit"),
    "CLOSED": ("receive", "reopen"),
}


def draw_policy(rng):
    """Values for whatever guards read; each as a fixture writes it."""
    drawn = {}
    for name, value in policy_values.VALUES.items():
        if isinstance(value, policy_kinds.Several):
            given = rng.sample(list(value.choices), rng.randint(1, 2))
        elif isinstance(value, policy_kinds.Choice) and value.choices:
            given = rng.choice(list(value.choices))
        elif type(value) is policy_kinds.Number:
            given = rng.randint(value.least, min(value.most, value.least + 9))
        else:
            continue
        drawn[name] = {"value": given, "source": "seed"}
    return drawn


class Walk:
    """One area, its people, and what they can try; every try takes the case and the person drawn."""

    def __init__(self, world, rng):
        self.world, self.rng = world, rng
        self.now = BEGIN
        stages.framework()
        world.area.policy = draw_policy(rng)
        with transaction.atomic():
            world.area.save()
        world.area = Area.objects.get(pk=world.area.pk)
        for user in world.users.values():
            user.__dict__.pop("seats", None)
        with (
            clock.at(BEGIN),
            transaction.atomic(),
        ):  # without it half of the policies stop a release
            keys = ("police", "council", "children", "health", "education", "provider")
            stages.agreement(world, keys, signed=5)
        self.done, self.focus = [], None

    def go(self, steps):
        """Mostly what fits the stage of a case that was drawn, else anything at all."""
        anything = [name for name in dir(self) if name.startswith("try_")]
        for _ in range(steps):
            self.now += datetime.timedelta(hours=self.rng.choice((2, 20, 30)))
            cases = list(Case.objects.filter(area=self.world.area).order_by("pk"))
            self.focus = self.rng.choice(cases) if cases else None
            fitting = NEXT.get(self.focus.status if self.focus else "", ("receive",))
            fits = self.rng.random() < 0.85
            name = f"try_{self.rng.choice(fitting)}" if fits else self.rng.choice(anything)
            with clock.at(self.now):
                try:
                    with transaction.atomic():
                        getattr(self, name)()
                    self.done.append(name)
                except (ActionDenied, ActionInvalid):
                    pass
                self.look()

    # Drawing

    def case(self, *statuses):
        if self.focus and (not statuses or self.focus.status in statuses):
            return self.focus
        found = Case.objects.filter(area=self.world.area)
        found = list(found.filter(status__in=statuses).order_by("pk") if statuses else found)
        if not found:
            raise ActionInvalid("none")
        return self.rng.choice(found)

    def who(self, *names):
        return self.world.users[self.rng.choice(names or tuple(self.world.users))]

    def police(self):
        return self.who(*["officer"] * 6, "supervisor", "lead")

    # What people try

    def try_receive(self):
        if Case.objects.filter(area=self.world.area).count() > 1:
            raise ActionInvalid("enough")
        stages.received(self.world)

    def try_take(self):
        screening.take(self.case(), by=self.police())

    def try_screen(self):
        outcome = self.rng.choice(("go_on", "go_on", "go_on", "misguided"))
        leaving = stages.leaving()
        screening.screen(
            self.case(Status.SCREENING), outcome=outcome, reason="r", leaving=leaving,
            by=self.police(),
        )  # fmt: skip

    def try_test(self):
        stages.tested(self.world, self.case())

    def try_check(self):
        outcome = self.rng.choice(["clear"] * 6 + ["conflict"])
        deconfliction.deconflict(
            self.case(), outcome=outcome, systems=["pnc", "local"], reason="r", by=self.police()
        )

    def try_hold(self):
        hold.hold(self.case(), reason="r", by=self.police())

    def try_resume(self):
        hold.resume(self.case(Status.HELD), reason="r", by=self.police())

    def try_release(self):
        keys = self.rng.choice(([], ["children"], ["children", "health"]))
        release.release(
            self.case(),
            agencies=[self.world.agency(key) for key in keys],
            due_on=clock.add_working_days(clock.today(), 10),
            question="",
            grounds=stages.grounds(),
            by=self.police(),
        )

    def try_ask(self):
        requests.request_more(
            self.case(),
            agencies=[self.world.agency("education")],
            due_on=clock.add_working_days(clock.today(), 5),
            question="",
            grounds=stages.grounds(),
            by=self.police(),
        )

    def try_answer(self):
        asked = InformationRequest.objects.filter(case=self.case(), answered_at=None).first()
        if asked:
            returns.nil_return(
                asked, statement="s", systems_searched="s", by=self.who(asked.agency.key, "health")
            )

    def try_begin(self):
        requests.begin_assessment(
            self.case(Status.INFORMATION_GATHERING), by=self.police(), without_answers=True
        )

    def try_assess(self):
        case, by = self.case(Status.ASSESSMENT), self.police()
        if latest_signed(case):
            raise ActionInvalid("enough")
        assessment = assessments.start(case, point="initial", by=by)
        stages.rate(assessment, by)
        assessments.sign(assessment, by=by)

    def try_convene(self):
        who = self.who("chair", "supervisor", "officer", "lead")
        result = self.rng.choice(("panel",) * 8 + ("beside", "no_action", "safeguarding"))
        sign_convening(
            self.case(Status.ASSESSMENT),
            result=result,
            grounds="g",
            safeguarding_person="A. Lead, school",
            safeguarding_raised_on=clock.today(),
            by=who,
        )

    def try_meet(self):
        choices = ("adopt", "adopt", "remain", "exit", "other_support", "not_appropriate", "defer")
        meeting = stages.planned(self.world)
        agenda.issue_agenda(meeting, by=self.world.administrator)
        with clock.at(meeting.starts_at):
            meeting = meetings.open_meeting(meeting, by=self.world.administrator)
            stages.attend(self.world, meeting)
            for item in meeting.items.all():
                try:
                    with transaction.atomic():
                        stages.decide(self.world, item, self.rng.choice(choices))
                except (ActionDenied, ActionInvalid):
                    continue
            meetings.close_meeting(meeting, by=self.world.administrator)
        self.now = meeting.starts_at

    def try_consent(self):
        position = self.rng.choice(("given", "given", "refused", "withdrawn"))
        stages.consented(self.world, self.case(Status.SUPPORT, Status.PANEL), position)

    def try_plan(self):
        case = self.case(Status.SUPPORT)
        stages.write_plan(self.world, case)
        stages.add_item(self.world, case)

    def try_start(self):
        found = list(PlanItem.objects.filter(case=self.case(), status="planned"))
        for item in found[:1]:
            items.start_item(item, by=self.who("provider", "lead", "health"))

    def try_report(self):
        stages.report(self.world, self.case(Status.SUPPORT), by=self.who("officer", "chair"))

    def try_sign_exit(self):
        case, who = self.case(Status.SUPPORT), self.who("chair", "supervisor")
        exits.sign_exit(case, endorses=self.rng.random() < 0.9, reason="r", by=who)

    def try_close(self):
        unnamed = stages.raised(safeguarding_person="")
        leaving = self.rng.choice((stages.leaving(), stages.raised(), unnamed))
        closing.close_case(
            self.case(), outcome="other_needs", reason="r", leaving=leaving, by=self.police()
        )

    def try_reopen(self):
        closing.reopen_case(self.case(Status.CLOSED), reason="r", by=self.who("chair"))

    # What must hold

    def look(self):
        cases = list(Case.objects.filter(area=self.world.area).select_related("area"))
        for case in cases:
            self.has_owner_and_date(case)
            self.left_as_it_should(case)
            self.was_cleared_first(case)
        hidden = {case.pk for case in cases if not case.is_released}
        for name in OUTSIDE if hidden else ():
            seen = Case.objects.visible_to(self.world.users[name]).filter(pk__in=hidden)
            assert not seen.exists(), name
        for item in PlanItem.objects.filter(case__in=cases, started_at__isnull=False):
            self.had_consent(item)

    def has_owner_and_date(self, case):
        assert case.owner_agency_id
        if case.is_open:
            assert case.next_due_on
            assert case.next_due_what
        if case.is_open and case.stage != Status.RECEIVED:
            assert case.owner_id

    def left_as_it_should(self, case):
        if case.is_open:
            return
        closure = Closure.objects.filter(case=case).order_by("-at").first()
        assert all((closure.outcome, closure.stage, closure.reason))
        assert closure.safeguarding_person or not closure.safeguarding_concern

    def was_cleared_first(self, case):
        if case.released_at:
            checks = Deconfliction.objects.filter(case=case, outcome="clear")
            assert checks.filter(at__lte=case.released_at).exists()

    def had_consent(self, item):
        given = Consent.objects.filter(case=item.case_id, about="support", at__lte=item.started_at)
        assert given.order_by("-at", "-pk").first().position == "given"


def walk(world, rng, steps):
    found = Walk(world, rng)
    found.go(steps)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_few_ways(world, seed):
    found = walk(world, random.Random(seed), 40)
    assert len(found.done) >= 5, found.done


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(200))
def test_two_hundred_ways(world, seed):
    walk(world, random.Random(10_000 + seed), 60)
