"""What the convening page shows: what policy asks, who has signed, and what is in the way."""

from dataclasses import dataclass

from accounts.area_policy import PARTIES, PARTY_NAMES
from accounts.permissions import Perm
from channel.casework import access
from prevent_cms.fields.base import sentence
from referrals import threshold
from referrals.access import Reader
from referrals.actions import sign_offs
from referrals.models import SignOff
from vaf.access import assessments_of
from vaf.models import Assessment

WHAT = SignOff.What.CONVENING


@dataclass(frozen=True)
class Party:
    """One party of the area's policy, with its signatures of this round."""

    name: str
    signed: list[SignOff]

    @property
    def has_endorsed(self) -> bool:
        return any(sign_off.endorses for sign_off in self.signed)


@dataclass(frozen=True)
class Convening:
    is_open: bool  # whether convening is being decided now
    parties: list[Party]
    earlier: list[SignOff]
    may_sign_as: str
    lacks_assessment: bool
    lacks_threshold: str
    assessment: Assessment | None
    draft: Assessment | None
    may_write: bool
    may_close: bool


def read(reader: Reader) -> Convening:
    """Everything on the page, for a coordinator of the case."""
    user, case = reader.user, reader.case
    since, is_open = case.status_since, access.is_convening(reader)
    rows = SignOff.objects.visible_to(user).filter(case=case, what=WHAT)
    signed = list(rows.select_related("by", "agency").order_by("at", "pk"))
    now = [one for one in signed if is_open and one.at >= since]
    asked = [party for party in sign_offs.asked_of(case, WHAT) if PARTIES[party]]
    open_to = sign_offs.parties_open_to(reader, WHAT, since) if is_open else []
    written = list(assessments_of(user, case).order_by("-started_at", "-pk"))
    return Convening(
        is_open=is_open,
        parties=[Party(sentence(PARTY_NAMES[p]), _of(now, p)) for p in asked],
        earlier=[one for one in signed if one not in now],
        may_sign_as=PARTY_NAMES[open_to[0]] if open_to else "",
        lacks_assessment=access.lacks_assessment(case),
        lacks_threshold=threshold.lacks(user, case, "convene"),
        assessment=next((one for one in written if one.is_signed), None),
        draft=next((one for one in written if not one.is_signed), None),
        may_write=reader.may(Perm.ASSESSMENT_WRITE),
        may_close=is_open and reader.may(Perm.CASE_CLOSE),
    )


def _of(signed: list[SignOff], party: str) -> list[SignOff]:
    return [one for one in signed if one.party == party]
