"""Work that outlives a request: what the outbox calls, by id, and perhaps more than once."""

from django.db.models import QuerySet
from django.urls import reverse

from accounts import grants
from accounts.models import Area, Membership, User
from accounts.roles import Role, ShareKind
from prevent_cms import notify, outbox
from prevent_cms.components.text import gov_date
from prevent_cms.outbox import OutboxMessage
from referrals import emergencies, lists, routing, transfers
from referrals.actions import chasing
from referrals.actions import lists as acts
from referrals.ageing import came_of_age
from referrals.models import (
    Bar,
    Case,
    EmergencyAccess,
    HandOver,
    ListAlert,
    OneTimeRequest,
    PersonFact,
    ReceivedNotice,
    Referral,
    SafeguardingNotice,
    Transfer,
)
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
    chasing.send_request_mail(request_id, "information_requested")


def mail_information_chaser(request_id: int) -> None:
    """Tell an agency's mailbox that its answer is overdue, unless it has come meanwhile."""
    chasing.send_request_mail(request_id, "information_chaser")


def mail_information_dates(request_id: int) -> None:
    """Tell an agency's mailbox that another date holds, or that the time stands still."""
    chasing.send_request_mail(request_id, "information_dates")


def ask_for_changes(request_id: int, since: str) -> None:
    """Ask an agency that has answered whether something has changed, and later again (R93)."""
    chasing.ask_for_changes(request_id, since)


def remind_of_information(request_id: int, due: str) -> None:
    """Remind an agency before a date and chase it after, unless it has answered (R90)."""
    chasing.send_reminder(request_id, due)


def mail_link_answered(request_id: int) -> None:
    """Tell the mailbox of the police who own the case that a body without account has answered."""
    rows = OneTimeRequest.objects.select_related("case__owner_agency")
    _mail_owners(rows.get(pk=request_id).case, "link_answered")


def _mail_owners(case: Case, template: str) -> None:
    """Mail the police who own a case, unless it is kept to people who are named."""
    police = case.owner_agency
    if police.mailbox and police.group_id in grants.let_in(case, [ShareKind.COORDINATE]):
        notify.send(template, to=[police.mailbox], path=reverse("work"))


def mail_notice_sent(received_id: int) -> None:
    """Tell an agency's mailbox that a safeguarding notice waits, unless it has been answered."""
    found = ReceivedNotice.objects.select_related("agency").get(pk=received_id)
    if found.agency.mailbox and not found.answered_at:
        notify.send(
            "notice_sent",
            to=[found.agency.mailbox],
            path=reverse("notice_detail", args=[found.key]),
            agency=found.agency.name,
            due=gov_date(found.due_on),
        )


def mail_notice_answered(notice_id: int) -> None:
    """Tell the mailbox of the police who own the case that an answer waits (R29)."""
    rows = SafeguardingNotice.objects.select_related("case__owner_agency")
    _mail_owners(rows.get(pk=notice_id).case, "notice_answered")


def mail_case_offered(offer_id: int) -> None:
    """Tell an officer that a case is offered to them, unless the offer has ended meanwhile."""
    offer = HandOver.objects.select_related("to").get(pk=offer_id)
    if offer.result == HandOver.Result.OPEN and offer.to.is_active:
        notify.send("case_offered", to=[offer.to.email], path=reverse("work"))


def mail_offer_answered(offer_id: int) -> None:
    """Tell who offered a case that the answer has come."""
    offer = HandOver.objects.select_related("by").get(pk=offer_id)
    if offer.by.is_active:
        notify.send("offer_answered", to=[offer.by.email], path=reverse("work"))


def _transfer(transfer_id: int) -> Transfer:
    rows = Transfer.objects.select_related(
        "case__owner", "from_area", "to_area", "by", "agreed_by", "lead"
    )
    found: Transfer = rows.get(pk=transfer_id)
    return found


def mail_transfer_put(transfer_id: int) -> None:
    """Ask the chair whose turn it is whether a case moves, unless the transfer has gone on."""
    transfer = _transfer(transfer_id)
    if transfer.result != transfers.OPEN or transfer.accepted_at:
        return
    to = [one.email for one in transfers.chairs_asked(transfer)]
    notify.send("transfer_put", to=to, path=reverse("work"))


def mail_transfer_answered(transfer_id: int) -> None:
    """Tell who proposed a transfer, and who agreed to it, that the other area has answered."""
    transfer = _transfer(transfer_id)
    to = _still_told(transfer, transfer.by, transfer.agreed_by)
    notify.send("transfer_answered", to=to, path=reverse("work"))


def mail_transfer_check(transfer_id: int) -> None:
    """Tell the mailbox of the receiving police that a transfer waits for their check."""
    transfer = _transfer(transfer_id)
    police = transfer.to_area.agencies.filter(kind="police", is_active=True).exclude(mailbox="")
    if transfer.result == transfers.OPEN:
        boxes = list(police.order_by("pk").values_list("mailbox", flat=True))
        notify.send("transfer_check", to=boxes, path=reverse("work"))


def mail_transfer_unclear(transfer_id: int) -> None:
    """Tell the officer who has the case that police of the other area want to talk of it."""
    owner = _transfer(transfer_id).case.owner
    if owner and owner.is_active:
        notify.send("transfer_unclear", to=[owner.email], path=reverse("work"))


def mail_case_moved(transfer_id: int) -> None:
    """Tell both sides that a transfer is carried out: who takes the case, and who gave it."""
    transfer = _transfer(transfer_id)
    to = _still_told(transfer, transfer.case.owner, transfer.lead, transfer.by, transfer.agreed_by)
    notify.send("case_moved", to=to, path=reverse("work"))


def _still_told(transfer: Transfer, *people: User | None) -> list[str]:
    """The addresses of those who are at work and have no conflict of interest, each once."""
    barred = set(transfer.case.bars.in_force().values_list("user", flat=True))
    told = [one for one in people if one and one.is_active and one.pk not in barred]
    return list(dict.fromkeys(one.email for one in told))


def look_for_coming_of_age() -> None:
    """Tell the mailboxes of police and the council, once, of a case whose person has come of age."""
    found, _ = came_of_age(Case.objects.all(), PersonFact.objects.all(), Area.objects.all())
    rows = OutboxMessage.objects.filter(topic="came_of_age")
    told = list(rows.values_list("payload__case_id", flat=True))
    # Nobody is told while the case is restricted or held; the day after they are.
    found = found.exclude(pk__in=told).exclude(status=Status.HELD).exclude(is_restricted=True)
    for pk in found.order_by("pk").values_list("pk", flat=True):
        outbox.add("came_of_age", case_id=pk)


def mail_came_of_age(case_id: int) -> None:
    """Tell those who coordinate that it is to be decided who leads, unless it was meanwhile."""
    cases = Case.objects.filter(pk=case_id)
    found, _ = came_of_age(cases, PersonFact.objects.all(), Area.objects.all())
    if case := found.select_related("owner_agency").first():
        open_to = grants.let_in(case, [ShareKind.COORDINATE])
        agencies = [case.owner_agency, *routing.coordinating(case)]
        mailboxes = [one.mailbox for one in agencies if one.mailbox and one.group_id in open_to]
        notify.send("came_of_age", to=mailboxes, path=reverse("work"))


def look_at_lists() -> None:
    """Look at every saved list for whoever asked to be told of it and still sees it."""
    asked = ListAlert.objects.exclude(how=ListAlert.How.NONE).filter(user__is_active=True)
    for alert in asked.select_related("user", "saved_list").order_by("pk"):
        if lists.seen_by(alert.user).filter(pk=alert.saved_list_id).exists():
            acts.look(alert)


def mail_list_alert(alert_id: int) -> None:
    """Tell one person that something has come on a list of theirs, unless they stopped asking."""
    alert = ListAlert.objects.filter(pk=alert_id).select_related("user").first()
    if alert and alert.how != ListAlert.How.NONE and alert.user.is_active:
        notify.send("list_alert", to=[alert.user.email], path=reverse("saved_lists"))
