"""Who reads and writes mentors, mentorships, meetings and concerns. See mlmc/core/postgres/rls.py."""

from cases.models import Access, As, Case, CaseEvent, Referral, Wall, Youth
from cases.policies import DIRECTOR
from mentors.models import LIVED, Accompaniment, Concern, Cover, Leave, Meeting, Mentor, Mentorship
from mlmc.core.models import Role
from mlmc.core.postgres.rls import Rules, acts_as, among, finder, listed, on_duty, own

HANDS = listed([As.SUPERVISOR, As.ON_CALL, As.COVER, As.BREAK_GLASS])  # who takes a concern in hand
WHO_READS = [As.SUPERVISOR, As.ON_CALL, As.COVER, As.BREAK_GLASS, As.PRACTICE]  # a meeting log
READERS, READERS_AND_SUPPORT = listed(WHO_READS), listed([*WHO_READS, As.SUPPORT])
OWN = listed([As.MENTOR, As.COVER])
PLANNERS = among("mentorship_id", f"mentorships_held({listed([As.SUPERVISOR, As.COVER])})")
COVERED = listed([As.COVER])  # a mentor who covers logs, too, what was
ASKED_OR_OWN = listed([As.MENTOR, As.COVER, As.ASKED])
WHOLE = listed(set(As) - {As.MENTOR, As.INTAKE, As.ASSESSMENT, As.ASKED})

MY_MENTOR = "select m.id from current_actor() actor join mentors_mentor m on m.user_id = actor.user_id"
# Held as mentor or cover; what is not one's own as well, has to be held as cover, by somebody who is a mentor.
MINE = f"""s.case_id = any (coalesce((select guard.cases_held({OWN}))))
           and (s.mentor_id = any (array({MY_MENTOR}))
                or (exists ({MY_MENTOR}) and s.case_id = any (coalesce((select guard.cases_held({COVERED}))))))"""

FINDERS = [
    finder("my_mentors()", "uuid[]", MY_MENTOR),
    finder(
        "team()",
        "uuid[]",
        """select u.id from current_actor() actor join core_user me on me.id = actor.user_id
           join core_user u on u.team_id = me.team_id where actor.scope && '{supervisor,support}'
           union all
           select u.id from current_actor() actor join mentors_leave l on l.cover_id = actor.user_id
           join core_user away on away.id = l.person_id join core_user u on u.team_id = away.team_id
           where actor.scope && '{supervisor}' and away.roles @> '{supervisor}' and l.granted_at is not null
           and l.begins <= guard.clock() + interval '1 minute' and l.until > guard.clock()""",
    ),
    finder(
        "leaves_of_mine()",
        "uuid[]",
        "select c.leave_id from current_actor() actor join mentors_cover c on c.user_id = actor.user_id",
    ),
    finder(
        "mentors_with(kinds text[])",
        "uuid[]",
        """select s.mentor_id from mentors_mentorship s
           where s.case_id = any (coalesce((select guard.cases_held(kinds))))""",
    ),
    finder(
        "mentorships_lived()",
        "uuid[]",
        f"select s.id from mentors_mentorship s where s.status = any ({listed(LIVED)}) and {MINE}",
    ),
    finder(
        "mentorships_of_mine()",
        "uuid[]",
        f"select s.id from mentors_mentorship s where {MINE}",
    ),
    finder(
        "mentorships_held(kinds text[])",
        "uuid[]",
        "select s.id from mentors_mentorship s where s.case_id = any (coalesce((select guard.cases_held(kinds))))",
    ),
    # One's own as a mentor, and those held as one of these kinds: what is one's own needs no second question.
    finder(
        "mentorships_opened(kinds text[])",
        "uuid[]",
        f"""select s.id from mentors_mentorship s
            where s.case_id = any (coalesce((select guard.cases_held(kinds || {OWN}))))
            and (s.mentor_id = any (array({MY_MENTOR}))
                or s.case_id = any (coalesce((select guard.cases_held(kinds)))))""",
    ),
    # And those of which a meeting is taken back just now.
    finder(
        "mentorships_looked_into(kinds text[])",
        "uuid[]",
        """select unnest(guard.mentorships_opened(kinds))
           union all
           select m.mentorship_id from mentors_meeting m where m.id = any (coalesce((select guard.taken_back())))""",
    ),
    finder(
        "reads_all_opened()",
        "boolean",
        f"guard.cases_held({listed([As.SUPPORT])}) = '{{}}' and guard.taken_back() = '{{}}'",
    ),
]

MENTORING, CONCERN, WORKFORCE = (on_duty(duty) for duty in ("mentoring", "concern", "workforce"))
VERBS = on_duty("mentoring", "concern", "workforce")
TAKEN_BACK = among("id", "taken_back()")  # what a file brought in and is taken back just now
HANDED_OVER = f"handed_over and {among('mentorship_id', f'mentorships_held({listed([As.SUPPORT])})')}"

RULES = {
    Mentor: Rules(
        read=(
            own("user_id"),
            among("user_id", "team()"),
            among("id", f"mentors_with({WHOLE})"),
            acts_as(Role.ASSESSMENT, Role.DIRECTOR),
            VERBS,
        ),
        add=(WORKFORCE,),
        change=(own("user_id"), MENTORING, WORKFORCE),
        remove=(TAKEN_BACK,),
    ),
    Mentorship: Rules(
        read=(
            f"{among('mentor_id', 'my_mentors()')} and {among('case_id', f'cases_held({ASKED_OR_OWN})')}",
            among("case_id", f"cases_held({WHOLE})"),
            VERBS,
        ),
        add=(MENTORING,),
        change=(MENTORING,),
        remove=(TAKEN_BACK,),
        refuse=among("case_id", "cases_walled()"),
    ),
    # First one condition, and an index for it: a million meetings are read by this rule alone, and of each mentorship
    # the latest by the order of that index. Whoever supports nobody has been shown enough by then; support sees what
    # was handed over to it, and whoever takes a file back, beside their own, what it brought.
    Meeting: Rules(
        read=(
            f"""{among("mentorship_id", f"mentorships_looked_into({READERS_AND_SUPPORT})")}
            and ((select guard.reads_all_opened())
                or handed_over and {among("mentorship_id", f"mentorships_opened({READERS_AND_SUPPORT})")}
                or {among("mentorship_id", f"mentorships_opened({READERS})")}
                or {TAKEN_BACK})""",
        ),
        add=(among("mentorship_id", "mentorships_lived()"), on_duty("bringing")),
        change=(among("mentorship_id", "mentorships_of_mine()"), HANDED_OVER),
        remove=(TAKEN_BACK,),
    ),
    Accompaniment: Rules(
        read=(among("mentorship_id", f"mentorships_opened({READERS})"), MENTORING, WORKFORCE),
        add=(among("mentorship_id", "mentorships_lived()"), PLANNERS),
        change=(among("mentorship_id", "mentorships_of_mine()"), PLANNERS, MENTORING),
    ),
    Concern: Rules(
        read=(
            among("case_id", f"cases_held({HANDS})"),
            f"{own('raised_by_id')} and {among('case_id', f'cases_held({listed(As)})')}",
            DIRECTOR,
            CONCERN,
            WORKFORCE,
        ),
        add=(CONCERN,),
        change=(CONCERN,),
        refuse=among("case_id", "cases_walled()"),
    ),
    Leave: Rules(
        read=(
            own("person_id"),
            own("cover_id"),
            among("person_id", "team()"),
            among("id", "leaves_of_mine()"),
            acts_as(Role.DIRECTOR, Role.ADMIN),
            VERBS,
        ),
        add=(WORKFORCE,),
        change=(WORKFORCE,),
    ),
    Cover: Rules(
        read=(own("user_id"), VERBS),
        add=(WORKFORCE,),
        change=(WORKFORCE,),
        refuse=among("case_id", "cases_walled()"),
    ),
    # Doors in lower tables, for the verbs of this app
    Access: Rules(read=(VERBS,)),
    Wall: Rules(read=(VERBS,)),
    Youth: Rules(read=(VERBS,)),
    Case: Rules(read=(VERBS,), change=(MENTORING,)),
    CaseEvent: Rules(add=(VERBS,)),
    Referral: Rules(read=(WORKFORCE,), change=(WORKFORCE,)),
}

HISTORY = {
    Mentor: ("mentor", "id"),
    Mentorship: ("case", "case_id"),
    Meeting: ("mentorship", "mentorship_id"),
    Accompaniment: ("mentorship", "mentorship_id"),
    Concern: ("case", "case_id"),
    Leave: ("person", "person_id"),
    Cover: ("case", "case_id"),
}
