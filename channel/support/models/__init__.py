from channel.support.models.leaving import ExitReport, PostExitReview
from channel.support.models.plan import DELIVERING, ItemUpdate, PlanItem, SupportPlan
from channel.support.models.review import ItemReview, Review

__all__ = [
    "DELIVERING",
    "ExitReport",
    "ItemReview",
    "ItemUpdate",
    "PlanItem",
    "PostExitReview",
    "Review",
    "SupportPlan",
]
