"""The main navigation: what a person's roles open, on every page they see signed in."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from accounts.step_up import used_second_factor
from channel.casework.rows import MOST
from prevent_cms.presentation import NavItem
from referrals import previews
from referrals.information import answering_agencies
from referrals.models import InformationRequest
from referrals.workflow import Status

# Title, route, and what a role must include to have it; None is for everybody signed in.
ITEMS: tuple[tuple[str, str, Perm | None], ...] = (
    ("My work", "work", None),
    ("Cases", "case_list", Perm.CASE_VIEW),
    ("Requests", "request_list", Perm.INFORMATION_RETURN),
    ("Notices", "notice_list", Perm.NOTICE_ANSWER),
    ("Meetings", "meeting_list", Perm.MEETING_VIEW),
    ("People", "people", Perm.PEOPLE_MANAGE),
    ("Audit", "audit", Perm.AUDIT_VIEW),
)


def navigation(request: HttpRequest) -> dict[str, list[NavItem]]:
    """The items for this person, none for somebody signed out or inside a preview."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_active or previews.is_one(request):
        return {}
    if settings.MFA_REQUIRED and not used_second_factor(request):
        return {}
    found = []
    for title, route, perm in ITEMS:
        if perm is None or user.holds(perm):
            url = reverse(route)
            badge = _unanswered(request, user) if route == "request_list" else 0
            active = request.path.startswith(url)
            found.append(NavItem(title, url, active, badge, "not answered yet"))
    return {"navigation": found}


def _unanswered(request: HttpRequest, user: User) -> int | str:
    """How many requests wait for an answer of this person's agencies; my work has counted them."""
    number = getattr(request, "unanswered", None)
    if number is None:
        asked = InformationRequest.objects.visible_to(user).filter(
            agency_id__in=answering_agencies(user), answered_at=None
        )
        number = asked.exclude(case__status=Status.CLOSED)[: MOST + 1].count()
    return f"{MOST}+" if number > MOST else number
