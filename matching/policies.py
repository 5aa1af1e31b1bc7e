"""Who reads and writes what was decided, and why. See mlmc/core/postgres/rls.py."""

from cases.models import Access, As, Case, Relation, Wall, Youth
from matching.models import Criterion, Exclusion, Match
from mentors.models import Mentor, Mentorship
from mlmc.core.postgres.rls import SOMEBODY, Rules, among, finder, listed, on_duty

FINDERS = [
    finder(
        "mentorships_asked()",
        "uuid[]",
        f"""select s.id from mentors_mentorship s where s.mentor_id = any (coalesce((select guard.my_mentors())))
            and s.case_id = any (coalesce((select guard.cases_held({listed([As.ASKED])}))))""",
    ),
]
MATCHING = (on_duty("matching"),)

RULES = {
    Criterion: Rules(read=(SOMEBODY,)),
    Exclusion: Rules(read=MATCHING),
    Match: Rules(
        read=(
            among("mentorship_id", "mentorships_asked()"),
            among("mentorship_id", f"mentorships_held({listed([As.ASSESSMENT])})"),
            *MATCHING,
        ),
        add=MATCHING,
        change=MATCHING,
    ),
    # The team compares everybody who could be asked; only what it decides is written down.
    Access: Rules(read=MATCHING),
    Wall: Rules(read=MATCHING),
    Relation: Rules(read=MATCHING),
    Youth: Rules(read=MATCHING),
    Case: Rules(read=MATCHING),
    Mentor: Rules(read=MATCHING),
    # the board shows the team whom it has asked
    Mentorship: Rules(read=(among("case_id", f"cases_held({listed([As.ASSESSMENT])})"), *MATCHING)),
}

HISTORY = {Exclusion: ("youth", "youth_id"), Match: ("mentorship", "mentorship_id")}
