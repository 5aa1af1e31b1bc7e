"""Mentors, the relationships they live, the meetings they log, the worries they raise."""

from mentors.models.accompaniment import MOVES as ACCOMPANIMENT_MOVES
from mentors.models.accompaniment import Accompaniment
from mentors.models.accompaniment import Status as AccompanimentStatus
from mentors.models.concern import MOVES as CONCERN_MOVES
from mentors.models.concern import Concern
from mentors.models.concern import Status as ConcernStatus
from mentors.models.leave import Cover, Leave
from mentors.models.meeting import Meeting
from mentors.models.mentor import MOVES as MENTOR_MOVES
from mentors.models.mentor import Mentor
from mentors.models.mentor import Status as MentorStatus
from mentors.models.mentorship import LIVED, MOVES, OPEN, TAKES_A_PLACE, Mentorship, Status

__all__ = [
    "ACCOMPANIMENT_MOVES",
    "CONCERN_MOVES",
    "LIVED",
    "MENTOR_MOVES",
    "MOVES",
    "OPEN",
    "TAKES_A_PLACE",
    "Accompaniment",
    "AccompanimentStatus",
    "Concern",
    "ConcernStatus",
    "Cover",
    "Leave",
    "Meeting",
    "Mentor",
    "MentorStatus",
    "Mentorship",
    "Status",
]
