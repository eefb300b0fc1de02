"""Panels, meetings, what was said and decided, and the sealed minutes."""

from channel.meetings.models.arranging import OtherBusiness, Placing
from channel.meetings.models.conduct import (
    ConfidentialityAgreed,
    HomeForce,
    Movement,
    Spell,
    Withdrawal,
)
from channel.meetings.models.decision import Decision, PanelAction, PoliceNote
from channel.meetings.models.duty import DutyConfirmed
from channel.meetings.models.invitation import Invitation
from channel.meetings.models.meeting import AgendaItem, Attendance, Meeting, Panel
from channel.meetings.models.minutes import (
    Accuracy,
    Circulation,
    ItemRemark,
    MeetingRemark,
    Minutes,
    Remark,
)
from channel.meetings.models.pack import Pack, PackCopy, PackRecall
from channel.meetings.models.reply import Reply, WrittenUpdate

__all__ = [
    "Accuracy",
    "AgendaItem",
    "Attendance",
    "Circulation",
    "ConfidentialityAgreed",
    "Decision",
    "DutyConfirmed",
    "HomeForce",
    "Invitation",
    "ItemRemark",
    "Meeting",
    "MeetingRemark",
    "Minutes",
    "Movement",
    "OtherBusiness",
    "Pack",
    "PackCopy",
    "PackRecall",
    "Panel",
    "PanelAction",
    "Placing",
    "PoliceNote",
    "Remark",
    "Reply",
    "Spell",
    "Withdrawal",
    "WrittenUpdate",
]
