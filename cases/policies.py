"""Who reads and writes referrals, youth and cases: rows of Access say it, and a Wall beats them.

See mlmc/core/postgres/rls.py.
"""

from cases.models import (
    Access,
    Agency,
    AgencyContact,
    AgencyProgram,
    As,
    Case,
    CaseEvent,
    Contact,
    Emergency,
    Identity,
    LookupKey,
    Referral,
    ReferralLink,
    Relation,
    SafeContact,
    SafetyNeed,
    Wall,
    Youth,
)
from cases.models.access import READS_NAMES
from cases.models.referral import OPEN
from mlmc.core.models import AuditEntry, Change, Role
from mlmc.core.postgres.rls import SOMEBODY, Rules, acts_as, among, finder, found, listed, on_duty, own

# Somebody who holds such a row works with the whole person. A mentor works from her own pages, support by code.
WORKS_WITH = [row for row in As if row not in (As.MENTOR, As.SUPPORT, As.ASKED)]

FINDERS = [
    # A row of Access counts from a minute before it begins: the program's clock and the database's need not agree.
    finder(
        "cases_held(kinds text[])",
        "uuid[]",
        """select a.case_id from cases_access a
           where who.user_id is not null
           and (a.user_id = who.user_id and (a.until is null or a.until > who.asks_at)
                or a.role = any (who.scope) and a.until is null
                or a.role = any (who.scope) and a.until > who.asks_at)
           and a.as_what = any (kinds) and a.begins <= who.asks_at + interval '1 minute'
           and a.case_id <> all (array(
               select c.id from cases_wall w join cases_case c on c.youth_id = w.youth_id where w.user_id = who.user_id
           ))""",
        by_index=True,
    ),
    finder(
        "youth_held(kinds text[])",
        "uuid[]",
        "select c.youth_id from cases_case c where c.id = any (coalesce((select guard.cases_held(kinds))))",
    ),
    finder(
        "referrals_held(kinds text[])",
        "uuid[]",
        """select c.referral_id from cases_case c
           where c.referral_id is not null and c.id = any (coalesce((select guard.cases_held(kinds))))""",
    ),
    # A wall is against reading. A verb on duty has to be complete, whoever runs it: nobody is left behind by it.
    finder(
        "youth_walled()",
        "uuid[]",
        """select w.youth_id from current_actor() actor join cases_wall w on w.user_id = actor.user_id
           where not exists (select from unnest(actor.scope) word where word like 'duty:%')""",
    ),
    finder(
        "cases_walled()",
        "uuid[]",
        "select c.id from cases_case c where c.youth_id = any (coalesce((select guard.youth_walled())))",
    ),
    finder(
        "referrals_walled()",
        "uuid[]",
        """with recursive walled (id) as (
               select c.referral_id from cases_case c
               where c.referral_id is not null and c.youth_id = any (coalesce((select guard.youth_walled())))
               union select r.id from cases_referral r join walled on r.merged_into_id = walled.id
           )
           select id from walled""",
    ),
    finder(
        "agencies_sent_for()",
        "uuid[]",
        """select p.agency_id from current_actor() actor join cases_agencyprogram p on p.user_id = actor.user_id
           where actor.scope && '{agency}'""",
    ),
    finder("roles()", "text[]", "select unnest(scope) from current_actor() where user_id is not null"),
    finder(
        "statuses_welcomed()",
        "text[]",
        f"""select unnest({listed(OPEN)}::text[]) from current_actor() where scope && '{{intake,assessment}}'""",
    ),
]

ANY_WAY, NAMES, WORK = listed(As), listed(READS_NAMES), listed(WORKS_WITH)
WELCOME = (on_duty("welcome"),)
ACCESS = (on_duty("access"),)
WELCOMER = acts_as(Role.INTAKE, Role.ASSESSMENT)
DIRECTOR = acts_as(Role.DIRECTOR)
VERBS = on_duty("access", "welcome")

# What a file brought in and is taken back just now: nothing else is ever removed
TAKEN_BACK, OF_TAKEN_BACK, ABOUT_TAKEN_BACK = (among(one, "taken_back()") for one in ("id", "youth_id", "case_id"))
OPEN_REFERRAL = among("status", "statuses_welcomed()")
REFERRAL_READ = (
    OPEN_REFERRAL,
    among("id", f"referrals_held({listed(set(As) - {As.ASKED})})"),
    f"{own('decided_by_id')} and decided_at > guard.clock() - interval '30 days' and {WELCOMER}",
    f"{among('agency_id', 'agencies_sent_for()')} and channel = 'program'",  # an agency its own, for their stage
    DIRECTOR,
    *WELCOME,
)
# By the index of the trail, which no policy may use: an overlap of arrays could tell of rows it does not show. Whoever
# asks reads the rows themselves behind the policies all the same.
FINDERS.append(
    finder(
        "lines_about(ids uuid[], before timestamptz, before_lane int, before_seq bigint, most int)",
        "core_auditentry[]",
        f"""select found.line from (
                select month::date from generate_series(
                    date_trunc('month', coalesce(before, now()) at time zone 'UTC'),
                    (select min(month) from core_auditentry), interval '-1 month'
                ) month
            ) latest, lateral (
                select line from core_auditentry line
                where line.month = latest.month and line.cases && ids
                and (line.cases && coalesce((select guard.cases_held({WORK})), '{{}}')
                     or who.scope && '{{director}}' or line.user_id = who.user_id)
                and (before is null or (line.at, line.lane, line.seq) < (before, before_lane, before_seq))
                order by line.at desc, line.lane desc, line.seq desc limit most
            ) found limit most""",  # month by month from the latest on, as far as it takes
    )
)
FIRST_CONTACT = among("referral_id", "referrals_open()")
FINDERS.append(
    finder(
        "referrals_open()",
        "uuid[]",
        "select r.id from cases_referral r where r.status = any (coalesce((select guard.statuses_welcomed())))",
    )
)

RULES = {
    Access: Rules(
        read=(own("user_id"), among("role", "roles()"), among("case_id", f"cases_held({WORK})"), DIRECTOR, VERBS),
        add=ACCESS,
        change=ACCESS,
        remove=(ABOUT_TAKEN_BACK,),
        refuse=among("case_id", "cases_walled()"),
    ),
    Wall: Rules(
        read=(own("user_id"), among("youth_id", f"youth_held({WORK})"), DIRECTOR, VERBS),
        add=ACCESS,
        change=ACCESS,
        remove=ACCESS,
    ),
    Emergency: Rules(read=ACCESS, add=ACCESS, change=ACCESS),
    # The shell of a case — code, stage, dates — is the director's too.
    Case: Rules(
        read=(among("id", f"cases_held({ANY_WAY})"), DIRECTOR, VERBS),
        add=WELCOME,
        change=WELCOME,
        remove=(TAKEN_BACK,),
        refuse=among("id", "cases_walled()"),
    ),
    Youth: Rules(
        read=(among("id", f"youth_held({ANY_WAY})"), DIRECTOR, VERBS),
        add=WELCOME,
        change=(among("id", f"youth_held({WORK})"), *WELCOME),
        remove=(TAKEN_BACK,),
        refuse=among("id", "youth_walled()"),
    ),
    Identity: Rules(
        read=(among("youth_id", f"youth_held({NAMES})"), *WELCOME),
        add=WELCOME,
        change=WELCOME,
        remove=(OF_TAKEN_BACK,),
        refuse=among("youth_id", "youth_walled()"),
    ),
    SafeContact: Rules(
        read=(among("youth_id", f"youth_held({NAMES})"), *WELCOME),
        add=WELCOME,
        change=(among("youth_id", f"youth_held({WORK})"), *WELCOME),
        remove=(OF_TAKEN_BACK,),
        refuse=among("youth_id", "youth_walled()"),
    ),
    SafetyNeed: Rules(  # whoever is asked reads the kind of need before a yes
        read=(among("youth_id", f"youth_held({listed([*READS_NAMES, As.ASKED])})"), *WELCOME),
        add=WELCOME,
        change=(among("youth_id", f"youth_held({WORK})"), *WELCOME),
        remove=(OF_TAKEN_BACK,),
        refuse=among("youth_id", "youth_walled()"),
    ),
    Relation: Rules(read=WELCOME, add=WELCOME),
    CaseEvent: Rules(
        read=(among("case_id", f"cases_held({WORK})"), ABOUT_TAKEN_BACK),
        add=(among("case_id", f"cases_held({ANY_WAY})"), VERBS),
        remove=(ABOUT_TAKEN_BACK,),
        refuse=among("case_id", "cases_walled()"),
    ),
    Contact: Rules(
        read=(among("case_id", f"cases_held({WORK})"), FIRST_CONTACT, *WELCOME),
        add=(among("case_id", f"cases_held({WORK})"), FIRST_CONTACT),
        change=WELCOME,
        refuse=among("case_id", "cases_walled()"),
    ),
    Referral: Rules(read=REFERRAL_READ, add=WELCOME, change=WELCOME, refuse=among("id", "referrals_walled()")),
    ReferralLink: Rules(read=WELCOME, add=WELCOME, change=WELCOME),
    LookupKey: Rules(
        read=(among("youth_id", f"youth_held({NAMES})"), among("referral_id", "referrals_open()"), *WELCOME),
        add=WELCOME,
        remove=WELCOME,
        refuse=f"{among('youth_id', 'youth_walled()')} or {among('referral_id', 'referrals_walled()')}",
    ),
    Agency: Rules(read=(SOMEBODY,), add=WELCOME),
    AgencyContact: Rules(read=WELCOME, add=WELCOME, change=WELCOME),
    AgencyProgram: Rules(read=(own("user_id"), acts_as("admin", "director")), add=(on_duty("accounts"),)),
}

# Who has seen a youth, and what their records said before, is read by whoever works with them.
RULES |= {
    AuditEntry: Rules(read=(f"cases && {found(f'cases_held({WORK})')}", *ACCESS)),
    Change: Rules(
        read=(
            f"about = 'case' and {among('subject', f'cases_held({WORK})')}",
            f"about = 'youth' and {among('subject', f'youth_held({WORK})')}",
            f"about = 'referral' and {among('subject', 'referrals_open()')}",
        )
    ),
}

HISTORY = {
    Access: ("case", "case_id"),
    Wall: ("youth", "youth_id"),
    Emergency: ("person", "by_id"),
    Youth: ("youth", "id"),
    Identity: ("youth", "youth_id"),
    SafeContact: ("youth", "youth_id"),
    SafetyNeed: ("youth", "youth_id"),
    Relation: ("youth", "one_id"),
    Case: ("case", "id"),
    CaseEvent: ("case", "case_id"),
    Contact: ("case", "case_id"),
    Referral: ("referral", "id"),
    ReferralLink: ("referral", "one_id"),
    AgencyContact: ("agency", "agency_id"),
    AgencyProgram: ("agency", "agency_id"),
}
