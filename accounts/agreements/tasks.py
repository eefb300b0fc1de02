"""What the service does about agreements by itself (outbox handlers)."""

from django.urls import reverse

from accounts.actions import agreements
from accounts.agreements import keepers
from accounts.agreements.models import Agreement, State
from prevent_cms import notify
from prevent_cms.components.text import gov_date


def remind() -> None:
    """Every day: whose agreement is due for renewal, or has lapsed."""
    agreements.remind()


def mail_agreement(agreement_id: int, renews_on: str) -> None:
    """Tell who keeps an agreement that it is to be renewed, or has lapsed, unless it was renewed.

    Where its holder looks after agreements no more, everybody in the area who does is told.
    """
    found = Agreement.objects.select_related("area").get(pk=agreement_id)
    if found.state == State.ENDED or found.renews_on.isoformat() != renews_on:
        return
    people = keepers.keepers_of(found.area)
    told = people.filter(pk=found.holder_id) or people
    template = "agreement_lapsed" if found.state == State.LAPSED else "agreement_due"
    notify.send(
        template,
        to=[one.email for one in told],
        path=reverse("agreement", args=[found.pk]),
        day=gov_date(found.renews_on),
    )
