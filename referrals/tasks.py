"""Work that outlives a request: what the outbox calls, by id, and perhaps more than once."""

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Membership, User
from accounts.roles import Role
from prevent_cms import notify
from prevent_cms.components.text import gov_date
from referrals import emergencies
from referrals.actions import requests
from referrals.models import Bar, EmergencyAccess, Referral
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


def mail_glass_broken(emergency_id: int) -> None:
    """Tell the reviewers that a case was opened in an emergency: police, and once released the chair.

    The police auditor is told as well, who reviews it only when nobody else can.
    """
    found = EmergencyAccess.objects.select_related("case__area").get(pk=emergency_id)
    reviewers = [Role.POLICE_SUPERVISOR]
    if found.was_released:
        reviewers.append(Role.PANEL_CHAIR)
    to_review = list(_told(found, reviewers))
    to_know: list[User] = []
    for auditor in _told(found, [Role.POLICE_AUDITOR]):
        is_theirs = emergencies.reviewable(auditor).filter(pk=found.pk).exists()
        (to_review if is_theirs else to_know).append(auditor)
    mails = (("glass_broken", to_review, "emergency_reviews"), ("glass_seen", to_know, "work"))
    for template, people, page in mails:
        notify.send(template, to=[one.email for one in people], path=reverse(page))


def _told(found: EmergencyAccess, roles: list[Role]) -> QuerySet[User]:
    """Those who hold such a role and neither opened the case nor are kept out."""
    seats = Membership.objects.current().filter(role__in=roles, agency__area=found.case.area)
    people = User.objects.filter(is_active=True, pk__in=seats.values("user_id"))
    kept_out = Bar.objects.in_force().filter(case=found.case)
    people = people.exclude(pk__in=kept_out.values("user_id")).exclude(pk=found.user_id)
    return people.order_by("pk")


def mail_information_requested(request_id: int) -> None:
    """Tell an agency's mailbox that it has been asked, unless it has answered meanwhile."""
    requests.send_request_mail(request_id, "information_requested")


def mail_information_chaser(request_id: int) -> None:
    """Tell an agency's mailbox that its answer is overdue, unless it has come meanwhile."""
    requests.send_request_mail(request_id, "information_chaser")


def remind_of_information(request_id: int) -> None:
    """Remind an agency some days before the date, unless it has answered (R90)."""
    requests.send_reminder(request_id)
