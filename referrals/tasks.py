"""Work that outlives a request: what the outbox calls, by id, and perhaps more than once."""

from django.urls import reverse

from prevent_cms import notify
from prevent_cms.components.text import gov_date
from referrals.actions import requests
from referrals.models import Referral
from referrals.workflow import Status


def mail_referral_received(referral_id: int) -> None:
    """Tell the police mailbox, without a word of content, that a referral waits (R43, R47).

    Nothing is sent when somebody has taken it meanwhile.
    """
    referral = Referral.objects.select_related("case__owner_agency").get(pk=referral_id)
    case = referral.case
    if case.status == Status.RECEIVED and case.owner_agency.mailbox:
        notify.send(
            "referral_received",
            to=[case.owner_agency.mailbox],
            path=reverse("case_list"),
            due=gov_date(case.next_due_on),
        )


def mail_information_requested(request_id: int) -> None:
    """Tell an agency's mailbox that it has been asked, unless it has answered meanwhile."""
    requests.send_request_mail(request_id, "information_requested")


def mail_information_chaser(request_id: int) -> None:
    """Tell an agency's mailbox that its answer is overdue, unless it has come meanwhile."""
    requests.send_request_mail(request_id, "information_chaser")


def remind_of_information(request_id: int) -> None:
    """Remind an agency some days before the date, unless it has answered (R90)."""
    requests.send_reminder(request_id)
