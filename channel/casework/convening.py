"""What the convening page shows: what policy asks, who has signed for what, and what is in the way."""

from dataclasses import dataclass
from typing import Any

from accounts.area_policy import PARTIES, PARTY_NAMES
from accounts.permissions import Perm
from channel.casework import access
from prevent_cms.fields.base import sentence
from referrals import next_steps, threshold
from referrals.access import Reader
from referrals.actions import sign_offs
from referrals.models import Case, SignOff
from referrals.workflow import Status
from vaf.access import assessments_of
from vaf.models import Assessment

WHAT = SignOff.What.CONVENING
AGREED = {
    SignOff.Result.NO_ACTION: "All have signed for no further action. Police close the case next.",
    SignOff.Result.SAFEGUARDING: "All have signed for a safeguarding concern or assessment instead "
    "of the panel. It has to be raised before police close the case.",
}
DIFFER = "The sign-offs differ, so nothing moves. Talk to each other, then sign again."


@dataclass(frozen=True)
class Party:
    """One party of the area's policy, with what it signs for in this round."""

    name: str
    signed: SignOff | None


@dataclass(frozen=True)
class Convening:
    is_open: bool  # whether convening is being decided now
    parties: list[Party]
    earlier: list[SignOff]
    may_sign_as: str
    is_again: bool  # they signed before, and can sign for another step
    differ: bool
    agreed: str
    lacks_assessment: bool
    lacks_threshold: str
    may_leave_only: bool  # the threshold was not met
    assessment: Assessment | None
    draft: Assessment | None
    may_write: bool
    may_close: bool

    @property
    def is_signing(self) -> bool:
        """Whether this person can sign now."""
        waits = self.lacks_assessment or (self.lacks_threshold and not self.may_leave_only)
        return bool(self.is_open and self.may_sign_as and not waits)

    @property
    def note(self) -> str:
        """How the sign-offs stand, when there is something to say."""
        return DIFFER if self.differ else AGREED.get(SignOff.Result(self.agreed or "panel"), "")

    @property
    def concern(self) -> dict[str, Any]:
        """Who raises a concern, as another party has signed, to begin a form with."""
        rows = [one.signed for one in self.parties if one.signed]
        said = next((one for one in rows if one.safeguarding_person), None)
        names = ("safeguarding_person", "safeguarding_raised_on")
        return {name: getattr(said, name) for name in names} if said else {}


def read(reader: Reader) -> Convening:
    """Everything on the page, for a coordinator of the case."""
    user, case = reader.user, reader.case
    since, is_open = case.status_since, access.is_convening(reader)
    rows = SignOff.objects.visible_to(user).filter(case=case, what=WHAT)
    signed = list(rows.select_related("by", "agency", "case").order_by("at", "pk"))
    now = [one for one in signed if is_open and one.at >= since and one.stands]
    of = {one.party: one for one in now}
    asked = [party for party in sign_offs.asked_of(case, WHAT) if PARTIES[party]]
    open_to = sign_offs.parties_open_to(reader, WHAT, since) if is_open else []
    written = list(assessments_of(user, case).order_by("-started_at", "-pk"))
    lacks = threshold.lacks(user, case, "convene")
    return Convening(
        is_open=is_open,
        parties=[Party(sentence(PARTY_NAMES[p]), of.get(p)) for p in asked],
        earlier=[one for one in signed if one not in now],
        may_sign_as=PARTY_NAMES[open_to[0]] if open_to else "",
        is_again=bool(open_to) and open_to[0] in of,
        differ=next_steps.differ(now),
        agreed=next_steps.agreed(case, now),
        lacks_assessment=access.lacks_assessment(case),
        lacks_threshold=lacks,
        may_leave_only=lacks == threshold.NOT_MET,
        assessment=next((one for one in written if one.is_signed), None),
        draft=next((one for one in written if not one.is_signed), None),
        may_write=reader.may(Perm.ASSESSMENT_WRITE),
        may_close=is_open and reader.may(Perm.CASE_CLOSE),
    )


def said_of(case: Case) -> str:
    """What the page says when somebody has signed."""
    if case.status == Status.PANEL:
        return "The panel is convened. The case is on the next agenda."
    signed = list(next_steps.standing(case))
    if next_steps.differ(signed):
        return f"Your sign-off is recorded. {DIFFER}"
    agreed = next_steps.agreed(case, signed)
    return AGREED[SignOff.Result(agreed)] if agreed else "Your sign-off is recorded"


def is_to_close(reader: Reader) -> bool:
    """Whether closing the case, as agreed, is this reader's next act."""
    return next_steps.agreed_now(reader.case) in next_steps.LEAVES and reader.may(Perm.CASE_CLOSE)
