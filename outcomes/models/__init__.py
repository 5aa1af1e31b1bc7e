"""Instruments and waves, who answers when, what was answered, and the figures made of it."""

from outcomes.models.answers import Answer, Response, SurveyLink
from outcomes.models.followup import MOVES, FollowUp, Respondent, Status
from outcomes.models.instrument import Instrument, Wave
from outcomes.models.snapshot import ReportSnapshot

__all__ = [
    "MOVES",
    "Answer",
    "FollowUp",
    "Instrument",
    "ReportSnapshot",
    "Respondent",
    "Response",
    "Status",
    "SurveyLink",
    "Wave",
]
