"""Who is away and who covers: recorded by themselves or their supervisor, and seen before an offer."""

import datetime

import pytest
from django.urls import reverse

from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals.actions import absence
from referrals.models import Absence
from tests import stages
from tests.access import as_user, expect

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("away"), reverse("away_new")


def in_days(days):
    return clock.today() + datetime.timedelta(days=days)


def away(world, cover, first=0, last=5, *, user=None, by=None):
    user = user or world.officer
    return absence.set_away(
        user, covered_by=cover, starts_on=in_days(first), ends_on=in_days(last), by=by or user
    )


def typed(first, last, **more):
    parts = {}
    for name, day in (("starts_on", in_days(first)), ("ends_on", in_days(last))):
        parts |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    return parts | more


def test_who_may(world, elsewhere):
    others = {None: 302, world.lead: 403, world.health: 403, world.sysadmin: 403}
    expect(LIST, {**others, world.officer: 200, world.supervisor: 200})
    expect(NEW, {**others, world.officer: 200, world.supervisor: 200})
    second = stages.second_officer(world)
    row = away(world, second)
    end = reverse("away_end", args=[row.pk])
    expect(end, {**others, second: 404, elsewhere.supervisor: 404}, method="post")
    assert "Second Invented" not in as_user(elsewhere.officer).get(LIST).content.decode()
    with pytest.raises(ActionDenied):
        away(world, world.supervisor, 20, 21, by=second)
    with pytest.raises(ActionDenied):
        away(world, second, 20, 21, user=world.lead)
    with pytest.raises(ActionDenied):
        absence.end_away(row, by=second)


def test_it_is_recorded_and_ended_with_its_history(world):
    second = stages.second_officer(world)
    mine = as_user(world.officer)
    wrong = typed(5, 2, user=world.officer.pk, covered_by=world.officer.pk)
    body = mine.post(NEW, wrong).content.decode()
    assert "must be the same as or after the first day" in body
    assert "Select somebody else" in body
    form = typed(0, 5, user=world.officer.pk, covered_by=second.pk)
    assert "covered by Second Invented" in mine.post(NEW, form, follow=True).content.decode()
    row = Absence.objects.get()
    case = stages.screened(world)
    offer = as_user(world.supervisor).get(reverse("case_assign", args=[case.reference]))
    assert "Officer Invented" not in offer.content.decode().split("<form")[1]
    stages.given(world, case, to=world.supervisor)
    offer = as_user(world.supervisor).get(reverse("case_assign", args=[case.reference]))
    assert "Officer Invented, away from" in offer.content.decode()
    end = reverse("away_end", args=[row.pk])
    assert end in as_user(world.supervisor).get(LIST).content.decode()
    assert end not in as_user(second).get(LIST).content.decode()
    assert as_user(world.supervisor).post(end).status_code == 302
    body = mine.get(LIST).content.decode()
    assert "Ended" in body
    assert "Supervisor Invented" in body
    kinds = (EventType.AWAY_SET, EventType.AWAY_ENDED)
    assert Event.objects.filter(type__in=kinds, area_code="TST").count() == 2
    with pytest.raises(ActionInvalid, match="ended already"):
        absence.end_away(row, by=world.officer)


def test_what_makes_no_sense_is_refused(world, elsewhere):
    second = stages.second_officer(world)
    for cover in (world.officer, world.lead, elsewhere.officer):
        with pytest.raises(ActionInvalid, match="cannot cover"):
            away(world, cover)
    for first, last in ((-5, -1), (3, 2)):
        with pytest.raises(ActionInvalid, match="last day"):
            away(world, second, first, last)
    away(world, second, 0, 5)
    with pytest.raises(ActionInvalid, match="already"):
        away(world, second, 5, 8)
    away(world, second, 6, 8)
