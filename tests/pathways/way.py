"""One case on its way through a real area: its file, its accounts, and the real actions."""

import datetime
import itertools

import pytest
from django.test import Client
from django.utils import timezone

from channel.casework.actions import sign_convening
from channel.demo import agreements, meetings, steps, support
from channel.demo import cast as casting
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from referrals import information
from referrals.access import Reader
from referrals.actions import closing, requests, sign_offs
from referrals.models import Case, InformationRequest, SignOff
from tests import stages
from tests.access import as_user
from tests.referrals.answers import answers
from vaf.actions import frameworks

DAYS = 90  # ago the referral came in
LONG_AGO = 400  # everybody was there
NUMBERS = itertools.count(1)


def enter(slug):
    """The area as `make demo` loads it, without any case."""
    with clock.at(steps.moment(LONG_AGO)):
        found = casting.assemble(slug)
    agreements.sign(found)
    frameworks.load(casting.read("vaf-2012.json"))
    return found


def first_page(slug):
    """What somebody with a concern reads first, in one line."""
    return " ".join(Client().get("/refer/", {"area": slug}).content.decode().split())


def received(cast, **changes):
    person = {"key": f"way-{next(NUMBERS)}", "stage": "", "days": DAYS, **changes}
    return steps.receive(cast, answers(), person)


def is_with_police_alone(cast, case):
    """The case exists for police of the area and for nobody else who works there."""
    for name, user in cast.users.items():
        code = as_user(user).get(case.get_absolute_url()).status_code
        wanted = 200 if name in ("ctco", "police-lead") else 404
        assert code == wanted, name


def cleared(cast, **changes):
    """Screened and clear, and still for nobody but police."""
    case = received(cast, **changes)
    is_with_police_alone(cast, case)
    steps.screen(cast, case, DAYS)
    steps.check(cast, case, DAYS)
    is_with_police_alone(cast, case)
    return case


def released(cast, **changes):
    """Released, and asked by whom the area lets ask."""
    case = cleared(cast, **changes)
    return steps.ask(cast, case, DAYS, "children", "health")


def answered(cast, **changes):
    return steps.answer(cast, released(cast, **changes), DAYS, "children", nil=("health",))


def opens(cast, case):
    """The accounts outside police that may open this case as coordinators."""
    readers = {name: Reader(user, case) for name, user in cast.users.items()}
    return {n for n, one in readers.items() if one.is_coordinator and not one.is_police}


def asks(cast, case):
    """The accounts that may ask agencies about this case."""
    readers = {name: Reader(user, case) for name, user in cast.users.items()}
    return {name for name, reader in readers.items() if information.may_ask(reader)}


def working_days_to_answer(case):
    asked = InformationRequest.objects.filter(case=case).first()
    day, count = timezone.localdate(asked.at), 0
    while day < asked.due_on:
        day += datetime.timedelta(days=1)
        count += clock.is_working_day(day)
    return count


def begun(cast, case):
    """The officer goes on to the assessment, as far as the area lets them."""
    with clock.at(steps.moment(DAYS - 11)):
        return requests.begin_assessment(case, by=cast["ctco"])


def convened(cast, case, *names):
    """The panel is convened when all of these have signed, and not before; nobody else can."""
    others = [name for name in ("chair", "police-lead") if name not in names]
    case = steps.assess(cast, case, DAYS)
    with clock.at(steps.moment(DAYS - 13)):
        for name in names:
            assert case.stage == "ASSESSMENT", name
            case = sign_convening(case, result="panel", grounds=steps.GROUNDS, by=cast[name])
        assert case.stage == "PANEL"
        for name in others:
            reader = Reader(cast[name], case)
            assert not sign_offs.parties_open_to(reader, SignOff.What.CONVENING, case.status_since)
    return case


def left_at_convening(cast, case, *names):
    """The same parties agree that the panel is not needed, and the case officer closes the case."""
    case = steps.assess(cast, case, DAYS)
    left = {"outcome": "other_needs", "reason": "Agreed.", "leaving": stages.raised()}
    with clock.at(steps.moment(DAYS - 13)):
        concern = {"safeguarding_person": "A. Lead", "safeguarding_raised_on": clock.today()}
        for name in names:
            with pytest.raises(ActionInvalid, match="agree first"):
                closing.close_case(case, **left, by=cast["ctco"])
            sign_convening(
                case, result="safeguarding", grounds=steps.GROUNDS, by=cast[name], **concern
            )
        left["leaving"] = stages.raised(safeguarding_raised_on=clock.today())
        closing.close_case(case, **left, by=cast["ctco"])
    return Case.objects.get(pk=case.pk)


def decided_to_leave(cast, case):
    """Adopted, supported, and at the next panel ready to leave, with the report written."""
    for held, choice in ((60, "adopt"), (20, "exit")):
        meeting = meetings.plan(cast, planned=held + 10, held=held)
        meetings.hold(cast, meeting, {case.pk: choice})
        if choice == "adopt":
            support.begin(cast, case, held - 5)
    support.leave(cast, case, 10)
    return Case.objects.get(pk=case.pk)


def still_to_sign(case):
    """Whose endorsement of the exit is missing."""
    return sign_offs.missing(case, SignOff.What.EXIT, steps.moment(30))


def cannot(act, *given, **named):
    try:
        act(*given, **named)
    except ActionDenied:
        return True
    return False
