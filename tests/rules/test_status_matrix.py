"""Every move x status x person, against the hand-written table."""

import pytest
from django.db import transaction

from accounts import grants
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from referrals.actions.lifecycle import make_move
from referrals.models import Case, Person
from referrals.workflow import CASE_WORKFLOW, Status
from tests.people import EVERYBODY
from tests.rules.expected_moves import MOVES

WAS = Status.ASSESSMENT  # where a held case of these tests came from


def case_at(world, status):
    """A case put at a status by hand: the engine is on trial here, not the way to a stage."""
    held = status == Status.HELD
    with transaction.atomic():
        case = Case.objects.create(
            reference=f"TST-26-{Case.objects.count():06d}-X",
            area=world.area,
            person=Person.objects.create(),
            status=status,
            held_from=WAS if held else "",
            owner_agency=world.agency("police"),
            owner=world.officer,
            next_due_on=clock.today(),
            next_due_what="test",
        )
        for agency in world.area.agencies.all():
            kinds = [ShareKind.RESPOND, ShareKind.PANEL, ShareKind.DELIVER]
            coordinators = ("police", "council")
            for kind in [ShareKind.COORDINATE] if agency.key in coordinators else kinds:
                grants.share(case, [grants.Offer(agency, kind, "test")], by=None)
    return case


def test_the_table_of_expectations_covers_every_move():
    assert MOVES.keys() == CASE_WORKFLOW.moves.keys()


def attempt(case, name, by):
    """What comes of the move, undone afterwards so that the next person meets the same case."""
    try:
        with transaction.atomic():
            status = make_move(case, name, by=by).status
            transaction.set_rollback(True)
            return status
    except (ActionDenied, ActionInvalid) as refusal:
        return type(refusal)


@pytest.mark.parametrize("status", Status)
def test_moves(world, status):
    case = case_at(world, status)
    for name, (sources, target, people) in MOVES.items():
        for person in EVERYBODY:
            allowed = (WAS if target == "back" else target) if status in sources else ActionInvalid
            expected = allowed if person in people else ActionDenied
            assert attempt(case, name, getattr(world, person)) == expected, (name, person)


def test_every_status_can_be_reached_and_left():
    reached = {target for _, target, _ in MOVES.values()} | {"RECEIVED"}
    left = set().union(*(sources for sources, _, _ in MOVES.values()))
    assert set(Status.values) <= reached
    assert set(Status.values) == left


def test_somebody_without_a_share_cannot_move(world, elsewhere):
    case = case_at(world, Status.SCREENING)
    with pytest.raises(ActionDenied):
        make_move(case, "pass_screening", by=elsewhere.officer)
