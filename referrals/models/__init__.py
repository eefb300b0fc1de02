from referrals.models.absence import Absence
from referrals.models.answers import ReturnDraft
from referrals.models.case import IS_RELEASED, Case, CaseGroupObjectPermission
from referrals.models.closed import Bar, EmergencyAccess, Restriction
from referrals.models.decisions import Closure, Consent, Reopening, SignOff
from referrals.models.detail import FurtherDetail
from referrals.models.feedback import Feedback
from referrals.models.front_door import Forwarded
from referrals.models.handover import HandOver
from referrals.models.information import (
    Correction,
    Disclosure,
    Gateway,
    InformationRequest,
    InformationReturn,
)
from referrals.models.leaving import LEAVING_RULES, LeavingAnswers
from referrals.models.lists import AlertState, ListAlert, SavedList
from referrals.models.marked import MarkedItem, MarkedQuerySet
from referrals.models.one_time import OneTimeRequest
from referrals.models.parallel import ParallelProcess
from referrals.models.person import Person, PersonKey, PersonLink
from referrals.models.police import (
    Deconfliction,
    ElsewhereSearch,
    HoldDecision,
    OvertInvestigation,
    Screening,
    System,
)
from referrals.models.referral import PersonFact, Referral
from referrals.models.requests import Conversation, RequestChange
from referrals.models.routing import Routing
from referrals.models.safeguarding import NoticeOutcome, ReceivedNotice, SafeguardingNotice
from referrals.models.threshold import ThresholdRisk, ThresholdTest
from referrals.models.transfer import Transfer, TransferCheck

__all__ = [
    "IS_RELEASED",
    "LEAVING_RULES",
    "Absence",
    "AlertState",
    "Bar",
    "Case",
    "CaseGroupObjectPermission",
    "Closure",
    "Consent",
    "Conversation",
    "Correction",
    "Deconfliction",
    "Disclosure",
    "ElsewhereSearch",
    "EmergencyAccess",
    "Feedback",
    "Forwarded",
    "FurtherDetail",
    "Gateway",
    "HandOver",
    "HoldDecision",
    "InformationRequest",
    "InformationReturn",
    "LeavingAnswers",
    "ListAlert",
    "MarkedItem",
    "MarkedQuerySet",
    "NoticeOutcome",
    "OneTimeRequest",
    "OvertInvestigation",
    "ParallelProcess",
    "Person",
    "PersonFact",
    "PersonKey",
    "PersonLink",
    "ReceivedNotice",
    "Referral",
    "Reopening",
    "RequestChange",
    "Restriction",
    "ReturnDraft",
    "Routing",
    "SafeguardingNotice",
    "SavedList",
    "Screening",
    "SignOff",
    "System",
    "ThresholdRisk",
    "ThresholdTest",
    "Transfer",
    "TransferCheck",
]
