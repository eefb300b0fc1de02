"""Work that outlives a request: what the outbox calls, by id."""

from django.urls import reverse

from prevent_cms import notify
from prevent_cms.components.text import gov_date
from referrals.models import Referral


def mail_referral_received(referral_id: int) -> None:
    """Tell the police mailbox, without a word of content, that a referral waits (R43, R47)."""
    referral = Referral.objects.select_related("case__owner_agency").get(pk=referral_id)
    case = referral.case
    if case.owner_agency.mailbox:
        notify.send(
            "referral_received",
            to=[case.owner_agency.mailbox],
            path=reverse("case_list"),
            due=gov_date(case.next_due_on),
        )
