"""What police asked a referrer beyond the form, and what came of it (R64)."""

from accounts.permissions import Perm
from referrals.access import Reader
from referrals.models import Case, FurtherDetail
from referrals.workflow import Status


def is_askable(case: Case) -> bool:
    """Whether somebody has taken the case and it is open: then the referrer can be asked for more."""
    return case.is_open and case.status != Status.RECEIVED


def may_ask(reader: Reader) -> bool:
    """Whether this reader may go back to the referrer now."""
    return is_askable(reader.case) and reader.may(Perm.SCREENING_RECORD)


def details_of(reader: Reader) -> list[FurtherDetail]:
    """What the referrers of this case were asked and said, the oldest first, for police."""
    rows = FurtherDetail.objects.visible_to(reader.user).filter(case=reader.case)
    return list(rows.select_related("by", "referral")) if reader.is_police else []
