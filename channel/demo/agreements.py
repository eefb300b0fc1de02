"""The information sharing agreements of an area of the demonstration: in force, due and lapsed."""

from collections.abc import Iterable

from accounts.actions import agreements
from accounts.actions.agreements import Draft
from accounts.agreements.models import Agreement
from accounts.models import Agency, User
from channel.demo.cast import Cast
from channel.demo.steps import moment
from prevent_cms import clock

POSTS = {"bromley": "Head of Community Safety & Trading Standards"}  # seed 004
APART = ("mash", "provider")  # their agreements are their own


def sign(cast: Cast) -> None:
    """Three agreements: renewed in time; to be renewed next month; not renewed a month ago."""
    partners = cast.area.agencies.exclude(kind=Agency.Kind.NATIONAL).exclude(key__in=APART)
    lead, post = cast["prevent-lead"], POSTS.get(cast.area.slug, "Community Safety Manager")
    everybody = _add(cast, "Channel information sharing agreement", partners, lead, post, 390)
    with clock.at(moment(200)):
        agreements.renew(
            everybody, signed_on=clock.today(), version=everybody.version, by=cast["prevent-lead"]
        )
    supervisor = cast["police-lead"]
    for key, name, holder, days in (
        ("mash", "Checks by the safeguarding hub", supervisor, 335),
        ("provider", "Mentoring under Channel plans", lead, 395),
    ):
        parties = cast.agencies("police", "council", key)
        _add(cast, name, parties, holder, post if holder == lead else "Prevent supervisor", days)


def _add(
    cast: Cast, name: str, parties: Iterable[Agency], holder: User, post: str, days: int
) -> Agreement:
    with clock.at(moment(days)):
        draft = Draft(
            name=name,
            parties=tuple(one.pk for one in parties),
            holder=holder,
            post=post,
            kept_at=f"Community safety file ISA/{clock.today():%Y}",
            signed_on=clock.today(),
        )
        return agreements.add(cast.area, draft, by=holder)
