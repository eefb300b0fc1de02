"""What stands between a case and its panel, asked the same way by the page and by the act."""

from referrals.access import Reader
from referrals.models import Case
from referrals.workflow import CASE_WORKFLOW
from vaf.access import latest_signed


def lacks_assessment(case: Case) -> bool:
    """Whether the area's policy wants a signed assessment before convening and there is none."""
    wanted = case.area.rules.assessment_required_before == "convene"
    return wanted and latest_signed(case) is None


def is_convening(reader: Reader) -> bool:
    """Whether the case stands where convening is decided, as far as this reader may know."""
    return reader.stage in CASE_WORKFLOW.moves["convene"].sources
