"""Who reads and writes people, messages and settings. See mlmc/core/postgres/rls.py."""

from mlmc.core.models import (
    Attempt,
    AuditEntry,
    AuthenticatorApp,
    Backup,
    Change,
    ExitRequest,
    Export,
    FurtherLook,
    Heartbeat,
    Import,
    ImportColumn,
    ImportRow,
    Integration,
    Invitation,
    KeptAnswer,
    KeyCheck,
    KnownDevice,
    OutboxRow,
    Passkey,
    ProgramRow,
    RecoveryCode,
    RoleRequest,
    Session,
    SettingChange,
    Team,
    User,
)
from mlmc.core.postgres.rls import ANYBODY, SOMEBODY, STAFF, Rules, acts_as, among, finder, on_duty, own

FINDERS = [
    finder("me()", "uuid", "(select user_id from current_actor())"),
    finder("somebody()", "boolean", "exists (select from current_actor())"),
    finder(
        "staff()",
        "boolean",
        """exists (select from current_actor() where not scope && '{referrer,respondent,agency}'
                   or exists (select from unnest(scope) word where word like 'duty:%'))""",
    ),
    finder("acts_as(words text[])", "boolean", "exists (select from current_actor() where scope && words)"),
    finder(
        "imports_of_mine()",
        "uuid[]",
        "select i.id from current_actor() actor join core_import i on i.by_id = actor.user_id",
    ),
    # Whose rows have been kept long enough: the clock forgets what they say, whoever they are of.
    finder(
        "imports_past()",
        "uuid[]",
        """select i.id from current_actor() actor join core_import i on i.forgotten_at is null
           and i.made_at < guard.clock() - interval '30 days' where actor.scope && '{duty:forgetting}'""",
    ),
    # Of some rows those that anybody has brought in: yes or no, and nothing of whose they are.
    finder(
        "brought_in(prints bytea[])",
        "bytea[]",
        """select r.fingerprint from core_importrow r
           where r.status in ('accepted', 'kept') and r.made <> '{}' and r.fingerprint = any (prints)
           and exists (select from current_actor() where scope && '{duty:bringing}')""",
    ),
    # What a file of one's own made and is taken back just now; nothing else may be removed.
    finder(
        "taken_back()",
        "uuid[]",
        """select unnest(r.made) from current_actor() actor join core_import i on i.by_id = actor.user_id
           join core_importrow r on r.file_id = i.id and r.status = 'undoing'
           where actor.scope && '{duty:bringing}'""",
    ),
]

ACCOUNTS = (on_duty("accounts"),)
SENDER = (on_duty("outbox"),)
BRINGING, FORGETTING, EXPORTING = on_duty("bringing"), on_duty("forgetting"), on_duty("exporting")
THEIR_FILE = f"{own('by_id')} and {BRINGING}"
THEIR_ROWS = f"{among('file_id', 'imports_of_mine()')} and {BRINGING}"
A_DAY_OLD = f"made_at < guard.clock() - interval '1 day' and {FORGETTING}"
PAST = among("file_id", "imports_past()")
TAKEN_BACK = among("id", "taken_back()")

# What lets somebody in: their own to look at, written and looked up for others by the verbs of the door alone.
OWN_ONLY = Rules(read=(own("user_id"), *ACCOUNTS), add=ACCOUNTS, change=ACCOUNTS, remove=ACCOUNTS)

RULES = {
    # What decides rights is written under a named duty, never by a page.
    User: Rules(read=(STAFF,), add=ACCOUNTS, change=ACCOUNTS, remove=(TAKEN_BACK,)),
    Team: Rules(read=(STAFF,), add=ACCOUNTS, change=ACCOUNTS),
    # Who asks is who acts, and so is who says yes, but never about themselves; what was asked stays what it was.
    RoleRequest: Rules(
        read=ACCOUNTS,
        add=(f"{own('asked_by_id')} and answered_at is null and not granted and {on_duty('accounts')}",),
        change=(f"(not granted or {own('answered_by_id')} and not {own('user_id')}) and {on_duty('accounts')}",),
        changing="answered_by_id, answered_at, granted",
    ),
    Invitation: Rules(read=ACCOUNTS, add=ACCOUNTS, change=ACCOUNTS),
    ProgramRow: Rules(read=(ANYBODY,), add=ACCOUNTS, change=ACCOUNTS),
    ExitRequest: Rules(read=(acts_as("admin", "director"), *ACCOUNTS), add=ACCOUNTS, change=ACCOUNTS),
    SettingChange: Rules(read=(acts_as("admin", "director"),), add=ACCOUNTS),
    # Anybody may ask for a message; only the sender reads and marks it, and system health counts what is stuck.
    OutboxRow: Rules(read=(*SENDER, acts_as("admin")), add=(SOMEBODY,), change=SENDER),
    # The keeper writes; the watch says when there is none.
    Backup: Rules(read=(acts_as("admin", "director"), on_duty("watch"))),
    Heartbeat: Rules(read=(SOMEBODY,), add=SENDER, change=SENDER),
    # Programs of others: those who answer for the program see which there are. What one may ask becomes no more than
    # was agreed to: its roles by a trigger, see sql/key_roles.sql. What one was answered is its own.
    Integration: Rules(
        read=(own("user_id"), acts_as("admin", "director"), *ACCOUNTS),
        add=ACCOUNTS,
        change=ACCOUNTS,
        changing="roles, revoked_at, revoked_by_id, last_used_at",
    ),
    KeptAnswer: Rules(
        read=(own("user_id"), A_DAY_OLD),
        add=(own("user_id"),),
        change=(own("user_id"),),
        remove=(A_DAY_OLD,),
    ),
    # A file is whoever's who uploaded it. The clock sees that one stands still, and of its rows none.
    Import: Rules(
        read=(own("by_id"), BRINGING, FORGETTING),
        add=(THEIR_FILE,),
        change=(BRINGING, FORGETTING),
        remove=(THEIR_FILE,),
    ),
    ImportRow: Rules(
        read=(among("file_id", "imports_of_mine()"), PAST),
        add=(THEIR_ROWS,),
        change=(THEIR_ROWS, PAST),
        remove=(THEIR_ROWS,),
    ),
    ImportColumn: Rules(read=(BRINGING,), add=(BRINGING,), change=(BRINGING,)),
    # What somebody asked to take out is theirs to see. The clock sees that it is there, and when it has to go.
    Export: Rules(read=(own("by_id"), EXPORTING), add=(f"{own('by_id')} and {EXPORTING}",), change=(EXPORTING,)),
    # The actor, the time and the chain are not the program's to say. Everybody reads their own acts, the director all,
    # the admin what happened at the door; upper apps add who has seen a youth.
    AuditEntry: Rules(
        read=(
            own("user_id"),
            acts_as("director"),
            f"act = any (array['sign-in', 'deny']) and cases = '{{}}' and {acts_as('admin')}",
            f"act = 'deny' and status = 429 and {on_duty('watch')}",  # who was stopped; the clock tells the director
        ),
        add=(ANYBODY,),
        columns="act, what, record, cases, why, status",
        once=True,
    ),
    FurtherLook: Rules(read=(own("user_id"), acts_as("director")), add=(own("user_id"),)),
    Change: Rules(),  # a trigger adds, as the guard; upper apps say who reads
    **dict.fromkeys((AuthenticatorApp, KnownDevice, Passkey, RecoveryCode, Session), OWN_ONLY),
    KeyCheck: Rules(read=(ANYBODY,), add=(ANYBODY,)),  # it opens nothing; before anybody acts, a start looks at it
    Attempt: Rules(read=(SOMEBODY,), add=(SOMEBODY,), remove=(on_duty("accounts", "outbox"),)),
}

HISTORY = {RoleRequest: ("person", "user_id"), User: ("person", "id"), Team: ("team", "id")}
