"""What PostgreSQL has to be set to, and what it is set to: on a server of one's own somebody may have chosen else."""

from dataclasses import dataclass

from mlmc.core.postgres.roles import LIMITS

# Logs name no value and no statement: they would carry what the columns encrypt. Errors of statements are not written
# at all, for the message of a failed cast is the value; our own log has their SQLSTATE.
SILENT = {
    "log_min_messages": "fatal",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_duration": "off",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
}
# What was answered with "saved" is on the disk, and a page that rotted there is noticed.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
PRESET = {"data_checksums": "on"}  # chosen when the data folder is made
TOLD = {
    "data_checksums": "is chosen when a cluster is made: `pg_checksums --enable`, with the server stopped",
    "synchronous_commit": "or what was answered with “saved” may be lost",
    "fsync": "or what was answered with “saved” may be lost",
    "full_page_writes": "or a page half written may be lost",
}


@dataclass(frozen=True)
class Finding:
    name: str
    wanted: str
    found: str

    def __str__(self):
        why = TOLD.get(self.name, "or its log may carry what somebody typed" if self.name in SILENT else "")
        return f"{self.name} is {self.found or 'not set'}, and has to be {self.wanted}{why and f'; {why}'}."


def findings(cursor):
    """Sentences about what this server does otherwise; none when all is well. Any log-in may ask."""
    wanted = SILENT | DURABLE | PRESET
    cursor.execute("select name, setting from pg_settings where name = any(%s)", [list(wanted)])
    found = dict(cursor.fetchall())
    # an older server that does not know a setting cannot do wrong by it
    problems = [Finding(name, value, found[name]) for name, value in wanted.items() if found.get(name, value) != value]
    return [str(one) for one in [*problems, *limits(cursor)]]


def limits(cursor):
    """What our log-in is held to, by the role itself or by what is in force now: a pooler may have changed either."""
    cursor.execute("select coalesce(rolconfig, '{}') from pg_roles where rolname = current_user")
    own = dict(word.split("=", 1) for word in cursor.fetchone()[0])
    for name, value in LIMITS.items():
        cursor.execute("select current_setting(%s)", [name])
        now = cursor.fetchone()[0]
        if value not in (own.get(name), now):
            yield Finding(name, value, own.get(name, now))
