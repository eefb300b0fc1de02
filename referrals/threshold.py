"""What the threshold tests of a case say to one reader, and which move waits for one (R65-R69)."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Agency, User
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import Mark
from referrals import concerns
from referrals.access import Reader
from referrals.models import Case, ThresholdRisk, ThresholdTest
from referrals.workflow import Status

# Policy's point -> the move that waits for the test, the stage before it, and the words.
POINTS: dict[str, tuple[str, Status, str]] = {
    "receipt": ("pass_screening", Status.SCREENING, "the referral goes on"),
    "release": ("release", Status.DECONFLICTION, "the case is released"),
    "assessment": ("convene", Status.ASSESSMENT, "the panel is convened"),
}
NOT_RECORDED = "Record the threshold test first. This area asks for it before {}."
NOT_MET = (
    "The last threshold test found no vulnerability to radicalisation, so the case leaves (R67). "
    "Close it, or record a new test."
)
Action = tuple[str, str, Perm, str]
RECORD: Action = ("Record the threshold test", "case_threshold", Perm.THRESHOLD_RECORD, "")
LEAVE: Action = ("Close the case", "case_close", Perm.CASE_CLOSE, "the threshold is not met")


def stage_of(case: Case) -> Status:
    """The stage in which the area's policy wants the test."""
    return POINTS[case.area.rules.threshold_point][1]


def newest(user: User, case: Case) -> ThresholdTest | None:
    """The last test that this user may read."""
    found: ThresholdTest | None = ThresholdTest.objects.visible_to(user).filter(case=case).first()
    return found


def lacks(user: User, case: Case, move: str) -> str:
    """Why this move has to wait for the test, as this user may know it; "" when it need not."""
    wanted, _, before = POINTS[case.area.rules.threshold_point]
    if move != wanted:
        return ""
    test = newest(user, case)
    if test is None:
        return NOT_RECORDED.format(before)
    return "" if test.is_vulnerable else NOT_MET


def require(user: User, case: Case, move: str) -> None:
    """Raise ActionInvalid, with the reason, when the move waits for the test."""
    if why := lacks(user, case, move):
        raise ActionInvalid(why)


def next_step(case: Case, stage: Status, is_vulnerable: bool | None) -> Action | None:
    """What the last test, or that there is none (None), asks of police at this stage."""
    _, at, before = POINTS[case.area.rules.threshold_point]
    if stage != at or is_vulnerable:
        return None
    return (*RECORD[:3], f"before {before}") if is_vulnerable is None else LEAVE


@dataclass(frozen=True)
class Shown:
    """One test as its page shows it."""

    test: ThresholdTest
    risks: list[ThresholdRisk]

    @property
    def result(self) -> str:
        is_met = self.test.is_vulnerable
        return "Met: a vulnerability is present" if is_met else "Not met: none is present"

    @property
    def referred(self) -> str:
        return concerns.words(self.test.concern_referred)

    @property
    def assessed(self) -> str:
        return concerns.words(self.test.concern_assessed)


def tests_of(reader: Reader) -> list[Shown]:
    """Every test this reader may read, newest first."""
    user, case = reader.user, reader.case
    rows = ThresholdTest.objects.visible_to(user).filter(case=case).select_related("by")
    risks = list(ThresholdRisk.objects.visible_to(user).filter(case=case))
    return [Shown(row, [one for one in risks if one.test_id == row.pk]) for row in rows]


def risk_to_providers(user: User, case: Case) -> ThresholdRisk | None:
    """The last word on the risk to those who give support, for everybody at the panel (R78)."""
    kind = ThresholdRisk.Of.TO_PROVIDERS
    rows = ThresholdRisk.objects.visible_to(user).filter(case=case, of=kind)
    found: ThresholdRisk | None = rows.order_by("-pk").first()
    return found


def is_recordable(reader: Reader) -> bool:
    """Whether this reader can record a test now: any open stage once the referral is taken."""
    status = reader.case.status
    return status not in (Status.RECEIVED, Status.CLOSED) and reader.may(Perm.THRESHOLD_RECORD)


def usual_owners(case: Case) -> dict[str, str]:
    """Who usually owns the two risks: police and the local authority (R79)."""
    kind = Agency.Kind.LOCAL_AUTHORITY
    council = case.area.agencies.filter(kind=kind, is_active=True).order_by("pk").first()
    return {
        "terrorism_risk_owner": case.owner_agency.name,
        "safeguarding_risk_owner": council.name if council else "",
    }


def marks_in_force(is_clear: bool) -> tuple[Mark, dict[ThresholdRisk.Of, Mark]]:
    """The marks of a test and its risks: all POLICE until everything about the person is clear."""
    if is_clear:
        return Mark.COORDINATION, ThresholdRisk.MARKS
    return Mark.POLICE, dict.fromkeys(ThresholdRisk.Of, Mark.POLICE)


def concern_choices(case: Case) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The types of concern on the day the referral came, and today."""
    day = timezone.localdate(case.received_at)
    return concerns.choices(day), concerns.choices(timezone.localdate())
