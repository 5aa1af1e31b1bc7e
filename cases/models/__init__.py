"""Referral, youth, case and who may see it. One room per subject; import them all from here."""

from cases.models.access import Access, As, Wall
from cases.models.case import MOVES as CASE_MOVES
from cases.models.case import Case, CaseEvent, Contact
from cases.models.case import Status as CaseStatus
from cases.models.emergency import Emergency
from cases.models.referral import MOVES as REFERRAL_MOVES
from cases.models.referral import STAGE_WORDS, Agency, AgencyContact, AgencyProgram, Referral, ReferralLink
from cases.models.referral import Status as ReferralStatus
from cases.models.youth import Identity, LookupKey, Precision, Relation, SafeContact, SafetyNeed, Youth

__all__ = [
    "CASE_MOVES",
    "REFERRAL_MOVES",
    "STAGE_WORDS",
    "Access",
    "Agency",
    "AgencyContact",
    "AgencyProgram",
    "As",
    "Case",
    "CaseEvent",
    "CaseStatus",
    "Contact",
    "Emergency",
    "Identity",
    "LookupKey",
    "Precision",
    "Referral",
    "ReferralLink",
    "ReferralStatus",
    "Relation",
    "SafeContact",
    "SafetyNeed",
    "Wall",
    "Youth",
]
