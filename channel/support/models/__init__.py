from channel.support.models.delivery import Session, SessionReport
from channel.support.models.leaving import ExitReport, PostExitReview
from channel.support.models.plan import DELIVERING, ItemUpdate, PlanItem, SupportPlan
from channel.support.models.provider import Provider, ProviderCheck
from channel.support.models.review import ItemReview, Review, ReviewDelay

__all__ = [
    "DELIVERING",
    "ExitReport",
    "ItemReview",
    "ItemUpdate",
    "PlanItem",
    "PostExitReview",
    "Provider",
    "ProviderCheck",
    "Review",
    "ReviewDelay",
    "Session",
    "SessionReport",
    "SupportPlan",
]
