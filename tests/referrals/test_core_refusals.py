"""What the shared acts refuse, whoever calls them."""

import pytest

from accounts.actions import people
from accounts.roles import Role, ShareKind
from prevent_cms.errors import ActionDenied, ActionInvalid
from referrals.actions import handover, lifecycle, sharing, sign_offs
from referrals.actions.closing import write_closure
from tests import stages


def test_a_case_that_is_open_has_no_closure(world):
    case = stages.screened(world)
    with pytest.raises(ActionInvalid):
        write_closure(
            case,
            outcome="duplicate",
            stage="SCREENING",
            reason="r",
            leaving=stages.leaving(),
            by=world.officer,
        )


def test_only_police_of_the_area_hold_its_cases(world, elsewhere):
    case = stages.screened(world)
    with pytest.raises(ActionDenied):
        lifecycle.seat_agency(elsewhere.officer, case)
    for person in (elsewhere.officer, world.lead):
        with pytest.raises(ActionDenied):
            handover.give(case, to=person, reason="r", by=world.supervisor)


def test_nothing_is_shared_before_it_is_clear_or_with_another_area(world, elsewhere):
    case, kind = stages.screened(world), ShareKind.PANEL
    for agency in (world.agency("health"), elsewhere.agency("health")):
        one = sharing.Share(agency, kind, "w", stages.grounds(power="Law"))
        with pytest.raises(ActionInvalid):
            sharing.share_case(case, [one], by=world.officer)


def test_a_share_that_is_not_there_cannot_end(world):
    case, kind = stages.released(world), ShareKind.RESPOND
    with pytest.raises(ActionInvalid):
        sharing.unshare_case(
            case, agency=world.agency("education"), kind=kind, reason="r", by=world.officer
        )
    sharing.unshare_case(
        case, agency=world.agency("health"), kind=kind, reason="r", by=world.officer
    )
    with pytest.raises(ActionInvalid):
        sharing.unshare_case(
            case, agency=world.agency("health"), kind=kind, reason="r", by=world.officer
        )


def test_two_signatures_come_from_two_agencies(world):
    case = stages.assessed(world)
    since, what = case.status_since, "convening"

    def sign(by):
        step = sign_offs.NextStep("panel")
        given = {"what": what, "endorses": True, "reason": "r", "since": since}
        return sign_offs.sign(case, **given, by=by, step=step)

    sign(world.supervisor)
    people.join(world.officer, agency=world.agency("police"), role=Role.PANEL_CHAIR, by=None)
    with pytest.raises(ActionDenied, match="of another"):
        sign(world.officer)
    sign(world.chair)
    with pytest.raises(ActionInvalid):
        sign(world.deputy)
