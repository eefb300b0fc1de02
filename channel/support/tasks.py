"""Work off the request: neutral mails about support, loaded by id."""

from django.urls import reverse

from accounts.models import Agency
from channel.support.models import PlanItem, Review
from prevent_cms import notify
from prevent_cms.components.text import gov_date


def send_item_assigned(item_id: int) -> None:
    """Tell an agency's mailbox that it leads support, unless the item is over meanwhile."""
    item = PlanItem.objects.select_related("case", "agency").get(pk=item_id)
    if item.is_open and item.agency.mailbox:
        notify.send(
            "plan_item_assigned",
            to=[item.agency.mailbox],
            path=reverse("case_plan_item", args=[item.case.reference, item.pk]),
            agency=item.agency.name,
            starts=gov_date(item.starts_on),
        )


def send_review_escalated(review_id: int) -> None:
    """Tell the police mailbox at once that a review asks for them, before the panel (R165)."""
    review = Review.objects.select_related("case__area", "case__owner_agency").get(pk=review_id)
    agency: Agency = review.case.owner_agency
    if agency.mailbox:
        notify.send(
            "review_escalated",
            to=[agency.mailbox],
            path=reverse("case_plan", args=[review.case.reference]),
        )
