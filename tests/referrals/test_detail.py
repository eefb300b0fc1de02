"""Police go back to the referrer for more than the form has (R64)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from referrals.actions import joining, parallel, people
from referrals.actions.detail import record_detail
from referrals.models import FurtherDetail, Referral
from tests import stages
from tests.access import as_user, expect

SAID = "He first spoke of it CANARY-DETAIL in June."
TOLD = {"asked": "When did it begin?", "said": SAID, "how": "phone", "on": clock.today()}


def url(case, name="case_referrer"):
    return reverse(name, args=[case.reference])


def typed(**changes):
    today = clock.today()
    day = {f"on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    words = {"referral": Referral.objects.get().pk, "asked": "When did it begin?", "how": "phone"}
    return {**day, **words, "answered": "yes", "said": SAID, **changes}


def ask(case, by, **changes):
    return record_detail(Referral.objects.get(case=case), **TOLD | changes, by=by)


def page(user, case, name="case_referrer"):
    return as_user(user).get(url(case, name)).content.decode()


def test_police_ask_and_read_what_was_said(world):
    case = stages.screened(world)
    assert url(case) in page(world.officer, case, "case_screening")
    assert Referral.objects.get().answers["referrer_name"] in page(world.officer, case)
    sent = as_user(world.officer).post(url(case), typed())
    assert (sent.status_code, sent["Location"]) == (302, url(case))
    kept = FurtherDetail.objects.get()
    assert (kept.mark, kept.said, kept.by) == ("POLICE", SAID, world.officer)
    for name in ("case_referrer", "case_referral"):
        assert SAID in page(world.supervisor, case, name)
    told = Event.objects.get(type="referral.asked")
    assert (told.mark, told.case_reference) == ("POLICE", case.reference)
    assert SAID not in str(told.details)


def test_nobody_else_ever_reads_it(world, elsewhere):
    case = stages.released(world)
    ask(case, world.officer)
    others = (world.lead, world.chair, world.children, elsewhere.officer)
    expect(url(case), dict.fromkeys((world.officer, world.supervisor), 200))
    expect(url(case), {world.lead: 403, world.chair: 403, world.children: 403, None: 302})
    expect(url(case), {elsewhere.officer: 404})
    for user in others:
        assert not FurtherDetail.objects.visible_to(user).exists()
        for name in ("case_referral", "case_overview", "case_timeline"):
            shown = page(user, case, name)
            assert "CANARY-DETAIL" not in shown
            assert "Referrer asked" not in shown
    with pytest.raises(ActionDenied):
        ask(case, world.lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        FurtherDetail.objects.update(mark="COORDINATION")


def test_they_did_not_answer(world):
    case = stages.screened(world)
    as_user(world.officer).post(url(case), typed(answered="no", said=""))
    assert FurtherDetail.objects.get().said == ""
    assert "did not answer" in page(world.officer, case)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"said": ""}, "Enter what they said"),
        ({"answered": "no"}, "Leave this empty, or say that they answered"),
        ({"asked": " "}, "Enter what you asked"),
        ({"how": ""}, "Select how you asked"),
        ({"on_year": "2090"}, "must be today or in the past"),
    ],
)
def test_what_is_left_out_is_asked_for_and_nothing_is_saved(world, changes, words):
    case = stages.screened(world)
    answer = as_user(world.officer).post(url(case), typed(**changes))
    assert words in answer.content.decode()
    assert not FurtherDetail.objects.exists()


def test_the_moment(world):
    case = stages.received(world)
    expect(url(case), {world.officer: 409})
    assert url(case) not in page(world.officer, case, "case_referral")
    for wrong in ({}, {"asked": " "}, {"how": "pigeon"}, {"on": clock.today().replace(year=2999)}):
        with pytest.raises(ActionInvalid):
            ask(case if not wrong else stages.screened(world), world.officer, **wrong)
    closed = stages.exited(world)
    with pytest.raises(ActionInvalid):
        ask(closed, world.officer)
    assert not FurtherDetail.objects.exists()


def test_it_goes_along_when_the_referral_joins_an_open_case(world):
    case = stages.released(world)
    again = stages.screened(world, name="Calum Brayford")
    record_detail(Referral.objects.get(case=again), **TOLD, by=world.officer)
    terms = parallel.Terms("Testshire", "I. Invented", "channel", stages.working_day(20))
    words = {"kind": "marac", "since": clock.today(), "by": world.officer}
    beside = parallel.record_process(again, terms, **words)
    people.compare_persons(again, other=case, verdict="same", by=world.officer)
    joining.join_referral(again, into=case, reason="The same story.", by=world.officer)
    beside.refresh_from_db()
    assert FurtherDetail.objects.get().case == case
    assert (beside.case, beside.mark) == (case, "POLICE")
    assert SAID in page(world.officer, case, "case_referral")
    assert "CANARY-DETAIL" not in page(world.lead, case, "case_referral")
