"""Who reads and writes people, messages and settings. See mlmc/core/postgres/rls.py."""

from mlmc.core.models import (
    Attempt,
    AuditEntry,
    AuthenticatorApp,
    Backup,
    Change,
    ExitRequest,
    FurtherLook,
    Heartbeat,
    Invitation,
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
from mlmc.core.postgres.rls import ANYBODY, SOMEBODY, STAFF, Rules, acts_as, finder, on_duty, own

FINDERS = [
    finder("me()", "uuid", "(select user_id from current_actor())"),
    finder("somebody()", "boolean", "exists (select from current_actor())"),
    finder(
        "staff()",
        "boolean",
        """exists (select from current_actor() where not scope && '{referrer,respondent}'
                   or exists (select from unnest(scope) word where word like 'duty:%'))""",
    ),
    finder("acts_as(words text[])", "boolean", "exists (select from current_actor() where scope && words)"),
]

ACCOUNTS = (on_duty("accounts"),)
SENDER = (on_duty("outbox"),)

# What lets somebody in: their own to look at, written and looked up for others by the verbs of the door alone.
OWN_ONLY = Rules(read=(own("user_id"), *ACCOUNTS), add=ACCOUNTS, change=ACCOUNTS, remove=ACCOUNTS)

RULES = {
    # What decides rights is written under a named duty, never by a page.
    User: Rules(read=(STAFF,), add=ACCOUNTS, change=ACCOUNTS),
    Team: Rules(read=(STAFF,), add=ACCOUNTS, change=ACCOUNTS),
    RoleRequest: Rules(read=ACCOUNTS, add=ACCOUNTS, change=ACCOUNTS),
    Invitation: Rules(read=ACCOUNTS, add=ACCOUNTS, change=ACCOUNTS),
    ProgramRow: Rules(read=(ANYBODY,), add=ACCOUNTS, change=ACCOUNTS),
    ExitRequest: Rules(read=(acts_as("admin", "director"), *ACCOUNTS), add=ACCOUNTS, change=ACCOUNTS),
    SettingChange: Rules(read=(acts_as("admin", "director"),), add=ACCOUNTS),
    # Anybody may ask for a message; only the sender reads and marks it, and system health counts what is stuck.
    OutboxRow: Rules(read=(*SENDER, acts_as("admin")), add=(SOMEBODY,), change=SENDER),
    # The keeper writes; the watch says when there is none.
    Backup: Rules(read=(acts_as("admin", "director"), on_duty("watch"))),
    Heartbeat: Rules(read=(SOMEBODY,), add=SENDER, change=SENDER),
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
