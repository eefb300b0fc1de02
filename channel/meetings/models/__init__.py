"""Panels, meetings, what was said and decided, and the sealed minutes."""

from channel.meetings.models.decision import Decision, PanelAction, PoliceNote
from channel.meetings.models.meeting import AgendaItem, Attendance, Meeting, Panel
from channel.meetings.models.minutes import Minutes

__all__ = [
    "AgendaItem",
    "Attendance",
    "Decision",
    "Meeting",
    "Minutes",
    "Panel",
    "PanelAction",
    "PoliceNote",
]
