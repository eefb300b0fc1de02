"""What runs beside Channel in the demonstration, and what a referrer was asked beyond the form."""

import datetime

from channel.demo.cast import Cast
from channel.demo.steps import moment
from prevent_cms import clock
from referrals.actions.detail import record_detail
from referrals.actions.parallel import Terms, record_process
from referrals.models import Case, Referral


def ask_referrer(cast: Cast, case: Case, days: float) -> None:
    """The officer goes back to the referrer for what the form does not say."""
    with clock.at(moment(days)):
        record_detail(
            Referral.objects.filter(case=case).latest("received_at"),
            asked="When did you first hear him say this, and who else was there?",
            said="In the second week of term, at lunch. Two boys of his year laughed; he did not.",
            how="phone",
            on=clock.today(),
            by=cast["ctco"],
        )


def care(cast: Cast, case: Case, days: float) -> None:
    """A care plan of several agencies runs beside the support, and is looked at in a month."""
    with clock.at(moment(days)):
        terms = Terms(
            lead="Adult social services, care coordinator",
            contact="I. Invented, 01632 960 417",
            ownership="channel",
            review_on=clock.today() + datetime.timedelta(days=days + 30),
            agencies=tuple(agency.pk for agency in cast.agencies("adults", "health")),
            note="They meet on the first Monday of the month. Ask the coordinator before a visit "
            "to the home.",
        )
        since = clock.today() - datetime.timedelta(days=20)
        record_process(case, terms, kind="care_plan", since=since, by=cast["prevent-lead"])
