from referrals.models.case import IS_RELEASED, Case, CaseGroupObjectPermission
from referrals.models.closed import Bar, EmergencyAccess, Restriction
from referrals.models.decisions import Closure, Consent, Reopening, SignOff
from referrals.models.information import Disclosure, InformationRequest, InformationReturn
from referrals.models.marked import MarkedItem, MarkedQuerySet
from referrals.models.person import Person, PersonKey, PersonLink
from referrals.models.police import Deconfliction, HoldDecision, Screening, System
from referrals.models.referral import PersonFact, Referral

__all__ = [
    "IS_RELEASED",
    "Bar",
    "Case",
    "CaseGroupObjectPermission",
    "Closure",
    "Consent",
    "Deconfliction",
    "Disclosure",
    "EmergencyAccess",
    "HoldDecision",
    "InformationRequest",
    "InformationReturn",
    "MarkedItem",
    "MarkedQuerySet",
    "Person",
    "PersonFact",
    "PersonKey",
    "PersonLink",
    "Referral",
    "Reopening",
    "Restriction",
    "Screening",
    "SignOff",
    "System",
]
