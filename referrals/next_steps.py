"""What the parties of an area's policy want next of an assessed case, and whether they agree (R132)."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.area_policy import PARTIES
from accounts.models import User
from accounts.permissions import Perm
from referrals import threshold
from referrals.models import Case, Closure, MarkedQuerySet, SignOff
from referrals.workflow import Status

Result, Outcome = SignOff.Result, Closure.Outcome
LEAVES = frozenset({Result.NO_ACTION, Result.SAFEGUARDING})
# Police lead on an investigation and a terrorism risk, and nobody need agree that somebody has moved.
POLICE_ALONE = frozenset(
    {Outcome.INVESTIGATION, Outcome.POLICE_LED, Outcome.LEFT_AREA, Outcome.DUPLICATE}
)
AGREEMENT: threshold.Action = (
    "Record the panel's agreement",
    "case_overt",
    Perm.DECONFLICTION_RECORD,
    "an overt investigation wants it before it is adopted",
)
LEAVE: threshold.Action = (
    "Close the case",
    "case_close",
    Perm.CASE_CLOSE,
    "those who convene agree that it leaves",
)


def parties(case: Case) -> tuple[str, ...]:
    """The parties whose signatures the area's policy asks for."""
    return tuple(party for party in case.area.rules.convening_sign_offs if PARTIES[party])


def standing(case: Case) -> MarkedQuerySet:
    """What stands signed in this round, by this area; a page adds `visible_to`."""
    rows = SignOff.objects.filter(case=case, what=SignOff.What.CONVENING, replaced_at=None)
    return rows.filter(at__gte=case.status_since, agency__area=case.area_id)


def agreed_of(case: Case, results: Mapping[str, str]) -> str:
    """The result that every party has signed for; "" as long as one is missing or differs."""
    wanted = {results.get(party, "") for party in parties(case)}
    return wanted.pop() if len(wanted) == 1 else ""


def agreed(case: Case, signed: Iterable[SignOff]) -> str:
    """The same, of signatures."""
    return agreed_of(case, {one.party: one.result for one in signed})


def differ(signed: Iterable[SignOff]) -> bool:
    """Whether two parties have signed for different results."""
    return len({one.result for one in signed}) > 1


def agreed_now(case: Case) -> str:
    """What the parties have agreed on in this round; "" for nothing, or at another stage."""
    return agreed(case, standing(case)) if case.stage == Status.ASSESSMENT else ""


def next_step(case: Case, results: Mapping[str, str]) -> threshold.Action | None:
    """What the agreement of the parties asks of police."""
    return LEAVE if agreed_of(case, results) in LEAVES else None


def concern(case: Case) -> dict[str, Any]:
    """What the parties said of the safeguarding concern that they agreed on instead of the panel."""
    if agreed_now(case) != Result.SAFEGUARDING:
        return {}
    said = standing(case).order_by("safeguarding_raised_on", "at").first()
    names = ("safeguarding_person", "safeguarding_raised_on")
    return {"safeguarding_concern": True} | {name: getattr(said, name) for name in names}


def may_leave(case: Case, by: User) -> bool:
    """Whether the case can be closed for any reason: at the assessment the parties agree on that
    first (R132), unless the threshold test was not met (R67)."""
    if case.stage != Status.ASSESSMENT or agreed_now(case) in LEAVES:
        return True
    test = threshold.newest(by, case)
    return test is not None and not test.is_vulnerable
