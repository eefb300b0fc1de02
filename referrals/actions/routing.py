"""Deciding who coordinates a case with police, at its release and later (R80-R83)."""

from django.db import transaction

from accounts import grants
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import access, ageing, routing
from referrals.actions.sharing import Grounds, Share, end_share, require_released, share_case
from referrals.models import Case, Routing
from referrals.routing import Lead, Proposal, Route

SHARED_TO_COORDINATE = "The case and its referral; nothing that police keep to themselves"


def decide(
    case: Case, route: Route | None, *, by: User, proposal: Proposal | None = None
) -> tuple[Routing, Route]:
    """Record who coordinates, as part of an act that locked the case and lets them in.

    Without a `route` what the rules propose is taken; `proposal` is what they gave a moment ago.
    Raises ActionInvalid when they propose nothing, for a council or lead that the area does not
    have, and for another than the proposed one without a reason.
    """
    proposal = proposal or routing.propose(case)
    route = route or proposal.route
    if route is None:
        raise ActionInvalid(f"Choose who coordinates the case. {proposal.reason}".strip())
    _require_known(case, route, proposal)
    is_proposed = proposal.holds(route)
    if not is_proposed and not route.reason.strip():
        raise ActionInvalid("Enter why somebody else coordinates the case.")
    decision: Routing = Routing.objects.create(
        case=case,
        council=route.council,
        lead=route.lead,
        is_proposed=is_proposed,
        reason=route.reason.strip() or proposal.reason,
        by=by,
    )
    return decision, route


def tell(decision: Routing) -> None:
    """Remember that somebody decided on the council and the lead, by themselves."""
    council = decision.council
    told = {"agency_id": council.pk, "agency": council.name}
    record(EventType.CASE_ROUTED, by=decision.by, case=decision.case, target=decision, **told)


def _require_known(case: Case, route: Route, proposal: Proposal) -> None:
    councils = [route.council, *route.also]
    if len(set(councils)) != len(councils) or not set(councils) <= set(proposal.councils):
        raise ActionInvalid("Choose each council of this area once.")
    if route.lead not in routing.leads_of(case):
        raise ActionInvalid("This area has no such lead.")


def shares_to_coordinate(case: Case, route: Route, grounds: Grounds) -> list[Share]:
    """What lets the councils of a route in, and the hub that runs the checks in this area."""
    return [
        Share(agency, ShareKind.COORDINATE, SHARED_TO_COORDINATE, grounds)
        for agency in routing.let_in_by(case, route)
    ]


@transaction.atomic
def hand_over(case: Case, route: Route, *, grounds: Grounds | None = None, by: User) -> Routing:
    """Let another lead or council coordinate a released case (R80-R84, R178).

    A council that takes over is let in with `grounds`, and the share of the one that hands over
    ends with the same reason. Once the person has come of age the same lead can be decided on anew.
    Nothing else changes: nobody is asked, no date moves. Raises
    ActionDenied without the permission; ActionInvalid before the release, once the case is closed,
    for what is so already, without a reason, or for another council without grounds.
    """
    case = Case.objects.locked(case.pk)
    access.require_lasting(by, Perm.CASE_ROUTE, case)
    require_routable(case)
    now = routing.newest(case)
    is_same = now and (now.council_id, now.lead) == (route.council.pk, route.lead)
    if is_same and not route.also and not _has_come_of_age(case, now):
        raise ActionInvalid("They coordinate the case already.")
    if not route.reason.strip():
        raise ActionInvalid("Enter why somebody else coordinates the case.")
    decision, route = decide(case, route, by=by)
    tell(decision)
    _let_in(case, route, grounds, by=by)
    if now and now.council_id != route.council.pk:
        _let_out(case, now.council, route, by=by)
    return decision


def require_routable(case: Case) -> None:
    """Raise ActionInvalid before the release, and once the case is closed."""
    require_released(case)
    if not case.is_open:
        raise ActionInvalid(NOT_NOW)


def arrive(case: Case, lead: User, *, by: User) -> list[Agency]:
    """Whom to let in where a case has moved, as part of moving it: the council of its new lead (R178).

    The decision is recorded; the hub that runs the checks there comes with it.
    """
    proposal, seats = routing.propose(case), lead.seats_with(Perm.CASE_ROUTE, case.area)
    seat = next(seat for seat in seats if seat.agency in proposal.councils)
    council, kind = seat.agency, proposal.lead or Lead.ALL
    route = Route(council, kind if routing.fits(seat.remit, kind) else seat.remit)
    Routing.objects.create(
        case=case,
        council=council,
        lead=route.lead,
        is_proposed=proposal.holds(route),
        reason=f"The case moved to this area, where {lead.name} leads it.",
        by=by,
    )
    return routing.let_in_by(case, route)


def _has_come_of_age(case: Case, now: Routing | None) -> bool:
    """Whether the person came of age since the last decision, so that the same can be decided anew."""
    return ageing.is_to_decide(case, routing.facts_of(case), now.at if now else None)


def _let_out(case: Case, council: Agency, route: Route, *, by: User) -> None:
    """End the shares of a council that hands over, and of the hub of its part of the area."""
    before = routing.let_in_by(case, Route(council, route.lead))
    stay = {one.pk for one in routing.let_in_by(case, route)}
    has = {one.pk for one in routing.coordinating(case)}
    for agency in before:
        if agency.pk in has - stay:
            end_share(case, agency, ShareKind.COORDINATE, reason=route.reason, by=by)


def _let_in(case: Case, route: Route, grounds: Grounds | None, *, by: User) -> None:
    rows = grants.shares_of(case).filter(kind=ShareKind.COORDINATE)
    has = set(rows.values_list("group_id", flat=True))
    new = [one for one in (route.council, *route.also) if one.group_id not in has]
    if route.council in new:  # its hub comes with it
        hubs = routing.checkers(case, route.council)
        new += [one for one in hubs if one.group_id not in has]
    if new and grounds is None:
        raise ActionInvalid("Enter why the case may be shared with another council.")
    if grounds:
        what = SHARED_TO_COORDINATE
        shares = [Share(one, ShareKind.COORDINATE, what, grounds) for one in new]
        share_case(case, shares, by=by, perm=Perm.CASE_ROUTE)
