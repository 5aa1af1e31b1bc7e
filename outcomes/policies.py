"""Who reads and writes follow-ups, answers and figures. A youth's link opens one follow-up.

See mlmc/core/postgres/rls.py.
"""

from cases.models import Access, As, Case, CaseEvent, Youth
from mlmc.core.models import Role
from mlmc.core.postgres.rls import SOMEBODY, Rules, acts_as, among, finder, listed, on_duty
from outcomes.models import (
    Answer,
    FollowUp,
    Instrument,
    ReportSnapshot,
    Respondent,
    Response,
    SurveyLink,
    Wave,
)

ASK = listed([As.MENTOR, As.CASE_MANAGER, As.SUPERVISOR, As.COVER])  # whoever may sit with a youth and a survey

FINDERS = [
    # What a private link opens: `link:` and the hash of its secret stand in the signed context.
    finder(
        "link()",
        "bytea",
        "(select decode(substr(word, 6), 'hex') from current_actor(), unnest(scope) word where word like 'link:%')",
    ),
    finder(
        "respondents_linked()",
        "uuid[]",
        """select f.respondent_id from outcomes_surveylink l join outcomes_followup f on f.id = l.follow_up_id
           where l.token_hash = (select guard.link())""",
    ),
    finder(
        "follow_ups_linked()",
        "uuid[]",
        """select f.id from outcomes_followup f
           where f.respondent_id = any (coalesce((select guard.respondents_linked())))""",
    ),
    finder(
        "responses_linked()",
        "uuid[]",
        """select r.id from outcomes_response r
           where r.follow_up_id = any (coalesce((select guard.follow_ups_linked())))""",
    ),
    finder(
        "cases_linked()",
        "uuid[]",
        """select p.case_id from outcomes_respondent p
           where p.case_id is not null and p.id = any (coalesce((select guard.respondents_linked())))""",
    ),
    finder(
        "respondents_taken_back()",
        "uuid[]",
        "select p.id from outcomes_respondent p where p.case_id = any (coalesce((select guard.taken_back())))",
    ),
    finder(
        "respondents_held(kinds text[])",
        "uuid[]",
        "select p.id from outcomes_respondent p where p.case_id = any (coalesce((select guard.cases_held(kinds))))",
    ),
    finder(
        "follow_ups_held(kinds text[])",
        "uuid[]",
        """select f.id from outcomes_followup f
           where f.respondent_id = any (coalesce((select guard.respondents_held(kinds))))""",
    ),
]

EVALUATION = acts_as(Role.EVALUATION)
VERBS = on_duty("follow_ups")
FIGURES = on_duty("figures")
READ = (EVALUATION, VERBS, FIGURES)
WRITE = (VERBS,)

RULES = {
    Instrument: Rules(read=(SOMEBODY,)),
    Wave: Rules(read=(SOMEBODY,)),
    Respondent: Rules(
        read=(among("id", f"respondents_held({ASK})"), among("id", "respondents_linked()"), *READ),
        add=WRITE,
        change=WRITE,
        remove=(among("id", "taken_back()"), among("case_id", "taken_back()")),
    ),
    FollowUp: Rules(
        read=(among("id", f"follow_ups_held({ASK})"), among("id", "follow_ups_linked()"), *READ),
        add=WRITE,
        change=(among("id", "follow_ups_linked()"), *WRITE),
        remove=(among("id", "taken_back()"), among("respondent_id", "respondents_taken_back()")),
    ),
    SurveyLink: Rules(
        read=(
            among("follow_up_id", f"follow_ups_held({ASK})"),
            "token_hash = (select guard.link())",
            EVALUATION,
            VERBS,
        ),
        add=WRITE,
        change=("token_hash = (select guard.link())", *WRITE),
    ),
    Response: Rules(
        read=(among("follow_up_id", "follow_ups_linked()"), *READ),
        add=(among("follow_up_id", "follow_ups_linked()"), *WRITE),
        change=(among("follow_up_id", "follow_ups_linked()"), *WRITE),
        remove=(among("id", "taken_back()"),),
    ),
    Answer: Rules(
        read=(among("response_id", "responses_linked()"), *READ),
        add=(among("response_id", "responses_linked()"), *WRITE),
        change=(among("response_id", "responses_linked()"),),
        remove=(among("id", "taken_back()"), *WRITE),  # somebody else's; the history keeps them
    ),
    ReportSnapshot: Rules(read=(acts_as(Role.EVALUATION, Role.DIRECTOR, Role.SUPERVISOR), FIGURES), add=(FIGURES,)),
    # Doors in lower tables
    Access: Rules(read=WRITE),
    Youth: Rules(read=WRITE),
    Case: Rules(read=(among("id", "cases_linked()"), *WRITE)),
    CaseEvent: Rules(add=(among("case_id", "cases_linked()"), *WRITE)),
}

HISTORY = {
    Respondent: ("case", "case_id"),
    FollowUp: ("respondent", "respondent_id"),
    Response: ("follow-up", "follow_up_id"),
    Answer: ("response", "response_id"),
}
