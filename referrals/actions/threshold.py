"""Recording a threshold test, and opening it to the coordinators (R65-R69, R77-R79)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import add_all, change_all
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, concerns, joining, threshold
from referrals.access import Reader
from referrals.models import Case, ThresholdRisk, ThresholdTest


@dataclass(frozen=True)
class Draft:
    """What the officer writes, but for the risks."""

    circumstances: str
    is_vulnerable: bool
    rationale: str
    level: str
    terrorism_risk_owner: str
    safeguarding_risk_owner: str
    concern_referred: str = ""
    concern_assessed: str = ""


@transaction.atomic
def record_test(case: Case, draft: Draft, *, risks: Mapping[str, str], by: User) -> ThresholdTest:
    """Record one test with its three risks; the newest is the one that moves wait for.

    Raises ActionDenied without the permission, ActionInvalid before the referral is taken, once the
    case is closed, with a risk or an owner missing, or for a type of concern of another time.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.THRESHOLD_RECORD, case)
    if not threshold.is_recordable(Reader(by, case)):
        raise ActionInvalid(NOT_NOW)
    _require_whole(case, draft, risks)
    mark, marks = threshold.marks_in_force(joining.is_settled(by, case))
    test: ThresholdTest = ThresholdTest.objects.create(case=case, mark=mark, by=by, **asdict(draft))
    add_all(
        [
            ThresholdRisk(case=case, test=test, of=of, words=risks[of], mark=marks[of])
            for of in ThresholdRisk.Of
        ]
    )
    record(EventType.THRESHOLD_RECORDED, by=by, case=case, target=test, mark=mark)
    return test


def _require_whole(case: Case, draft: Draft, risks: Mapping[str, str]) -> None:
    said = [draft.circumstances, draft.rationale, *(risks.get(of, "") for of in ThresholdRisk.Of)]
    if not all(words.strip() for words in said):
        raise ActionInvalid(
            "Say what the circumstances are, why you decide so, and the three risks."
        )
    if not (draft.terrorism_risk_owner.strip() and draft.safeguarding_risk_owner.strip()):
        raise ActionInvalid("Name who owns the terrorism risk and who owns the safeguarding risk.")
    then, today = timezone.localdate(case.received_at), clock.today()
    dated = [(draft.concern_referred, then), (draft.concern_assessed, today)]
    if not all(concerns.is_valid(code, day) for code, day in dated):
        raise ActionInvalid("This type of concern is not in use on that day. Choose another.")


def open_tests(case: Case) -> None:
    """Let the coordinators read what police kept back, as part of the act that makes it clear."""
    tests = ThresholdTest.objects.filter(case=case, mark=Mark.POLICE)
    if not tests.exists():
        return
    change_all(tests, mark=Mark.COORDINATION)
    for of, mark in ThresholdRisk.MARKS.items():
        change_all(ThresholdRisk.objects.filter(case=case, mark=Mark.POLICE, of=of), mark=mark)
