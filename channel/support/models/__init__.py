from channel.support.models.leaving import ExitReport, PostExitReview
from channel.support.models.plan import ItemUpdate, PlanItem, SupportPlan
from channel.support.models.review import ItemReview, Review

__all__ = [
    "ExitReport",
    "ItemReview",
    "ItemUpdate",
    "PlanItem",
    "PostExitReview",
    "Review",
    "SupportPlan",
]
