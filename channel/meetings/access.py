"""Who may know of a meeting, open an item, act on either. Views fetch through here."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.area_policy import PanelRule
from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.meetings import steps
from channel.meetings.models import (
    AgendaItem,
    Attendance,
    Circulation,
    Invitation,
    Meeting,
    Panel,
    PanelAction,
)
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.marking import Mark
from referrals.access import Reader
from referrals.models import Case

NOT_APPROVED = "The minutes have not been approved yet."
DENIED = "Your role does not include this. Ask the panel administrator."


@dataclass(frozen=True)
class Host:
    """Whose panel meets: the area's, or one council's where each has its own (R124)."""

    area: Area
    council: Agency | None = None

    @property
    def rule(self) -> PanelRule:
        return self.area.rules.panel_led_by(self.council.key if self.council else "")

    @property
    def panel_name(self) -> str:
        return self.rule.name or f"{self.council or self.area} Channel panel"

    @property
    def code(self) -> str:
        """How a form calls it."""
        return f"{self.area.slug}-{self.council.key}" if self.council else self.area.slug


def meetings_for(user: User) -> QuerySet[Meeting]:
    """Meetings of the panels of the user's agencies: all for coordinators, issued ones for members.

    An agency without a permanent seat takes part where an item is open to it or it is invited. Of several panels in one area a council, and who serves its part, takes part in its own alone.
    """
    rule = Q(pk__in=[])
    for seat in user.seats_with(Perm.MEETING_VIEW) if user.is_active else []:
        own = Q(panel__area=seat.agency.area_id)
        if seat.agency.council_id:
            own &= Q(panel__council=None) | Q(panel__council=seat.agency.council_id)
        if ShareKind.COORDINATE not in seat.kinds:
            own &= Q(issued_at__isnull=False)
            if not seat.agency.is_core:
                own &= _has_part(user, seat.agency)
        rule |= own
    found = Meeting.objects.filter(rule)
    return found.select_related("panel__area", "panel__council", "circulation")


def _has_part(user: User, agency: Agency) -> Q:
    """The meetings with something for an agency that has no permanent seat."""
    items = AgendaItem.objects.visible_to(user).filter(meeting=OuterRef("pk"))
    invited = Invitation.objects.filter(meeting=OuterRef("pk"), agency=agency)
    return Q(Exists(items)) | Q(Exists(invited))


def is_seated(user: User, meeting: Meeting) -> bool:
    """Whether they take part in the whole meeting; else it is their own items and no more."""
    seats = user.seats_with(Perm.MEETING_VIEW) if user.is_active else []
    return any(
        (ShareKind.COORDINATE in seat.kinds or seat.agency.is_core)
        and meeting.panel.has_seat_for(seat.agency)
        for seat in seats
    )


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
    """Whether a role of this user at an agency of the meeting's panel includes `perm`."""
    return may_at(user, perm, meeting.panel)


def may_at(user: User, perm: Perm, panel: Panel) -> bool:
    """The same of a panel, whatever its meeting."""
    seats = user.seats_with(perm) if user.is_active else []
    return any(panel.has_seat_for(seat.agency) for seat in seats)


def require(user: User, perm: Perm, meeting: Meeting) -> None:
    """Raise ActionDenied unless `may`."""
    require_at(user, perm, meeting.panel)


def require_at(user: User, perm: Perm, panel: Panel) -> None:
    """Raise ActionDenied unless `may_at`."""
    if not may_at(user, perm, panel):
        raise ActionDenied(DENIED)


def get_panel(user: User, pk: int) -> Panel:
    """The panel, for who takes part in it; Http404 for anybody else."""
    panel = Panel.objects.filter(pk=pk).select_related("area", "council").first()
    if panel is None or not may_at(user, Perm.MEETING_VIEW, panel):
        raise Http404
    return panel


def coordinates(user: User, meeting: Meeting) -> bool:
    """Whether they are among those who prepare the meeting: police, Prevent lead, chair, recorder."""
    seats = user.seats_with(Perm.MEETING_VIEW) if user.is_active else []
    return any(
        ShareKind.COORDINATE in seat.kinds and meeting.panel.has_seat_for(seat.agency)
        for seat in seats
    )


def require_coordinator(user: User, meeting: Meeting) -> None:
    """Raise ActionDenied unless `coordinates`."""
    if not coordinates(user, meeting):
        raise ActionDenied(DENIED)


def items_for(user: User, meeting: Meeting) -> QuerySet[AgendaItem]:
    """The items of an issued agenda whose case this user may read as panel material."""
    shown = AgendaItem.objects.visible_to(user).filter(meeting=meeting)
    return shown.select_related(
        "case__area", "case__owner", "case__owner_agency", "decision__by", "moved_to"
    )


def seats_for(user: User, meeting: Meeting) -> QuerySet[Attendance]:
    """Who was there, as far as this user may know: who came for one item is for its readers."""
    shown = Q(item=None) | Q(item__in=items_for(user, meeting).values("pk"))
    return Attendance.objects.filter(shown, meeting=meeting)


def get_item(user: User, meeting: Meeting, number: str) -> AgendaItem:
    """One item; Http404 when its case is not open to this user."""
    found = items_for(user, meeting).select_related("home_force").prefetch_related("withdrawals")
    item = found.filter(number=number).first()
    if item is None:
        raise Http404
    item.meeting = meeting
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


def may_update(reader: Reader, action: PanelAction) -> bool:
    """Whether they may say how an action stands: the agency it fell to, or who keeps the record."""
    return is_own(reader.user, action) or reader.may(Perm.MEETING_RECORD)


def require_meetings(user: User) -> None:
    """Raise ActionDenied for those who have nothing to do with panels."""
    if not user.holds(Perm.MEETING_VIEW):
        raise ActionDenied("Meetings are for coordinators and panel members.")


def hosts_planned_by(user: User) -> list[Host]:
    """Whose meetings this user plans: those of their area's panel, or of their council's."""
    seats = user.seats_with(Perm.MEETING_MANAGE) if user.is_active else []
    hosts = {Host(seat.agency.area, seat.agency.council) for seat in seats}
    return sorted(hosts, key=lambda host: host.panel_name)


def require_hosts(user: User) -> list[Host]:
    """The same, or ActionDenied when there are none."""
    hosts = hosts_planned_by(user)
    if not hosts:
        raise ActionDenied("Only the chair or the panel administrator plans meetings.")
    return hosts


def may_read_minutes(user: User, meeting: Meeting) -> bool:
    """Drafts are for those who keep the record, and for everyone who may know of the meeting while
    they are sent round; sealed minutes are for all of these."""
    if not steps.allows("draft", meeting):
        return False
    is_sealed = meeting.status == Meeting.Status.SEALED
    return is_sealed or may(user, Perm.MEETING_RECORD, meeting) or is_sent_round(meeting)


def may_read_recorded(user: User, meeting: Meeting) -> bool:
    """Whether what is recorded of an item is for its readers: while the panel sits it is, as on the
    wall; from then on it is the draft of the minutes and read as these are, but by coordinators,
    who act on the decision at once."""
    is_live = meeting.closed_at is None
    return is_live or coordinates(user, meeting) or may_read_minutes(user, meeting)


def is_sent_round(meeting: Meeting) -> bool:
    """Whether the draft is open to the panel today, to be read for accuracy."""
    found = circulation_of(meeting)
    return meeting.status == Meeting.Status.CLOSED and found is not None and found.is_open


def circulation_of(meeting: Meeting) -> Circulation | None:
    """Until when, and by whom, the draft was sent round; None when it was not."""
    return getattr(meeting, "circulation", None)


def open_items(user: User, meeting: Meeting) -> list[tuple[str, str]]:
    """The number of each item that is open to this user, and what it is called."""
    items = items_for(user, meeting)
    return [(item.number, item.words) for item in items]


def require_checking(user: User, meeting: Meeting) -> None:
    """Raise ActionInvalid unless there is a draft that this person may read and comment on."""
    steps.require("check", meeting)
    require_minutes(user, meeting)


def require_sealed(user: User, meeting: Meeting) -> None:
    """Raise unless the minutes are sealed and this person takes minutes away."""
    require(user, Perm.MINUTES_EXPORT, meeting)
    if meeting.status != Meeting.Status.SEALED:
        raise ActionInvalid(NOT_APPROVED)


def require_minutes(user: User, meeting: Meeting) -> None:
    """Raise ActionInvalid while there are no minutes for this user."""
    steps.require("draft", meeting)
    if not may_read_minutes(user, meeting):
        raise ActionInvalid(NOT_APPROVED)


def approving_meetings(meeting: Meeting, later: list[Meeting]) -> list[Meeting]:
    """The meetings that may approve a meeting's minutes: itself, and of the `later` ones those that
    are under way or over, the newest first."""
    opened = [one for one in later if one.opened_at]
    return [meeting, *opened[:-13:-1]]


def require_taking(user: User) -> None:
    """Raise ActionDenied for those who take no minutes away."""
    if not user.holds(Perm.MINUTES_EXPORT):
        raise ActionDenied("Your role does not include taking minutes away.")


def minutes_to_take(user: User) -> list[Meeting]:
    """The meetings with sealed minutes that this person may take away, the newest first."""
    sealed = meetings_for(user).filter(status=Meeting.Status.SEALED).order_by("-starts_at")
    return [meeting for meeting in sealed if may(user, Perm.MINUTES_EXPORT, meeting)]


def require_panel_material(reader: Reader) -> None:
    """Raise ActionDenied unless panel material of this case is open to the reader."""
    if Mark.PANEL not in reader.marks:
        raise ActionDenied("This case is not shared with you for the panel.")


def page_after_action(reader: Reader) -> str:
    """Where somebody goes after answering an action: the panel's tab, when it is open to them."""
    is_open = Mark.PANEL in reader.marks
    return reverse("case_panel" if is_open else "case_overview", args=[reader.case.reference])
