"""Who may know of a meeting, open an item, act on either. Views fetch through here."""

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.models import Area, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.meetings import steps
from channel.meetings.models import AgendaItem, Meeting, PanelAction
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.marking import Mark
from referrals import access
from referrals.access import Reader
from referrals.models import Case


def meetings_for(user: User) -> QuerySet[Meeting]:
    """Meetings of the areas of the user's seats: all for coordinators, issued ones for members."""
    rule = Q(pk__in=[])
    for area in user.areas():
        seat = user.seat_with(Perm.MEETING_VIEW, area) if user.is_active else None
        if seat is None:
            continue
        own = Q(panel__area=area)
        rule |= own if is_coordinator(user, area) else own & ~Q(status=Meeting.Status.PLANNED)
    return Meeting.objects.filter(rule).select_related("panel__area")


def is_coordinator(user: User, area: Area) -> bool:
    """Whether one of the user's roles in the area works on cases as a whole."""
    seats = (seat for seat in user.seats if seat.agency.area_id == area.pk)
    return any(ShareKind.COORDINATE in seat.kinds for seat in seats)


def get_meeting(user: User, pk: int, *perms: Perm) -> Meeting:
    """The meeting, if this user may know of it and, with `perms`, act on it.

    Raises Http404 outside the remit, ActionDenied when a role lacks one of `perms`.
    """
    meeting = meetings_for(user).filter(pk=pk).first()
    if meeting is None:
        raise Http404
    for perm in perms:
        require(user, perm, meeting)
    return meeting


def may(user: User, perm: Perm, meeting: Meeting) -> bool:
    """Whether a role of this user in the meeting's area includes `perm`."""
    return user.is_active and user.seat_with(perm, meeting.panel.area) is not None


def require(user: User, perm: Perm, meeting: Meeting) -> None:
    """Raise ActionDenied unless `may`."""
    if not may(user, perm, meeting):
        raise ActionDenied("Your role does not include this. Ask the panel administrator.")


def items_for(user: User, meeting: Meeting) -> QuerySet[AgendaItem]:
    """The items of an issued agenda whose case this user may read as panel material."""
    shown = AgendaItem.objects.visible_to(user).filter(meeting=meeting)
    return shown.select_related("case__area", "case__owner", "case__owner_agency", "decision__by")


def get_item(user: User, meeting: Meeting, number: str) -> AgendaItem:
    """One item; Http404 when its case is not open to this user."""
    item = items_for(user, meeting).filter(number=number).first()
    if item is None:
        raise Http404
    return item


def get_action(user: User, case: Case, pk: int) -> PanelAction:
    """An action from this case that the user may read; Http404 otherwise."""
    actions = PanelAction.objects.visible_to(user).filter(case=case, pk=pk)
    found: PanelAction | None = actions.select_related("agency", "decision__item__meeting").first()
    if found is None:
        raise Http404
    return found


def is_own(user: User, action: PanelAction) -> bool:
    """Whether the action fell to an agency in which they work on cases."""
    return action.agency_id in user.agency_ids and user.holds(Perm.CASE_VIEW)


def may_keep_record(user: User, case: Case) -> bool:
    return access.may(user, Perm.MEETING_RECORD, case)


def may_update(user: User, action: PanelAction) -> bool:
    """Whether they may say how an action stands: the agency it fell to, or who keeps the record."""
    return is_own(user, action) or may_keep_record(user, action.case)


def require_meetings(user: User) -> None:
    """Raise ActionDenied for those who have nothing to do with panels."""
    if not user.holds(Perm.MEETING_VIEW):
        raise ActionDenied("Meetings are for coordinators and panel members.")


def areas_managed_by(user: User) -> list[Area]:
    """The areas whose meetings this user plans."""
    areas = [a for a in user.areas() if user.seat_with(Perm.MEETING_MANAGE, a)]
    return sorted(areas, key=lambda area: area.name) if user.is_active else []


def require_managed_areas(user: User) -> list[Area]:
    """The same, or ActionDenied when there are none."""
    areas = areas_managed_by(user)
    if not areas:
        raise ActionDenied("Only the chair or the panel administrator plans meetings.")
    return areas


def may_read_minutes(user: User, meeting: Meeting) -> bool:
    """Drafts are for those who keep the record; sealed minutes for everyone who may know of the
    meeting."""
    is_sealed = meeting.status == Meeting.Status.SEALED
    return steps.allows("draft", meeting) and (is_sealed or may(user, Perm.MEETING_RECORD, meeting))


def require_minutes(user: User, meeting: Meeting) -> None:
    """Raise ActionInvalid while there are no minutes for this user."""
    steps.require("draft", meeting)
    if not may_read_minutes(user, meeting):
        raise ActionInvalid("The minutes have not been approved yet.")


def require_panel_material(user: User, case: Case) -> None:
    """Raise ActionDenied unless panel material of this case is open to the user."""
    if Mark.PANEL not in Reader(user, case).marks:
        raise ActionDenied("This case is not shared with you for the panel.")


def page_after_action(user: User, case: Case) -> str:
    """Where somebody goes after answering an action: the panel's tab, when it is open to them."""
    is_open = Mark.PANEL in Reader(user, case).marks
    return reverse("case_panel" if is_open else "case_overview", args=[case.reference])
