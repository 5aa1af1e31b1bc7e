"""What this app knows how to take from a file: mentors, the relationships they live, and past check-ins."""

from mentors.bringing.check_ins import CHECK_INS
from mentors.bringing.mentorships import MENTORSHIPS
from mentors.bringing.people import MENTORS

KINDS = [MENTORS, MENTORSHIPS, CHECK_INS]
