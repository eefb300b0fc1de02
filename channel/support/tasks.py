"""Work off the request: neutral mails about support, loaded by id. My work names the case."""

from django.urls import reverse

from accounts.models import Agency
from channel.support import access, delivery
from channel.support.models import PlanItem, Review
from prevent_cms import notify
from prevent_cms.components.text import gov_date


def send_item_assigned(item_id: int) -> None:
    """Tell an agency's mailbox that it leads support, unless item or share ended meanwhile."""
    item = PlanItem.objects.select_related("case", "agency").get(pk=item_id)
    if access.may_be_told(item) and item.agency.mailbox:
        notify.send(
            "plan_item_assigned",
            to=[item.agency.mailbox],
            path=reverse("work"),
            agency=item.agency.name,
        )


def send_items_opened(case_id: int, agency_id: int) -> None:
    """Tell an agency that was let in only when a hold ended of every item it leads."""
    items = PlanItem.objects.filter(case=case_id, agency=agency_id, plan__status=access.Current)
    for item in items.order_by("pk"):
        send_item_assigned(item.pk)


def send_report_overdue(item_id: int, due: str) -> None:
    """Chase an agency for a report on sessions, unless it has come or is not asked for any more."""
    item = delivery.running(item_id)
    day = delivery.due_now(item) if item else None
    if item is None or day is None or day.isoformat() != due:
        return
    if access.is_let_in(item) and item.agency.mailbox:
        notify.send(
            "report_overdue",
            to=[item.agency.mailbox],
            path=reverse("work"),
            agency=item.agency.name,
            due=gov_date(day),
        )


def send_review_escalated(review_id: int) -> None:
    """Tell the police mailbox at once that a review asks for them, before the panel (R165)."""
    review = Review.objects.select_related("case__owner_agency").get(pk=review_id)
    agency: Agency = review.case.owner_agency
    if agency.mailbox:
        notify.send(
            "review_escalated",
            to=[agency.mailbox],
            path=reverse("work"),
        )
