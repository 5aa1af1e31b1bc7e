"""Row-level security: the second wall. Each app says in its `policies.py` who reads, adds, changes and removes rows of
each of its tables; `manage.py secure_database` writes that into PostgreSQL, whole, whenever it has changed.

A rule is a condition on a row, of which one has to hold. What it looks up stands in an array, a hash or a scalar that
PostgreSQL fills once per statement: a correlated EXISTS would be asked once per row, and use no index. Each of them is
a plan of its own in every statement on the table, so what can be asked together is asked together.
"""

import hashlib
from dataclasses import dataclass, replace

from mlmc.core import each_app
from mlmc.core.postgres.roles import APP, GUARD, KEEPER

ANYBODY = "true"  # also whoever has not signed in
SOMEBODY = "(select guard.somebody())"  # whoever acts under a name: a person, the door, a duty
STAFF = "(select guard.staff())"  # the same, but for those who come by the public form or a private link
SEE_ALL = {KEEPER: "select, insert, update, delete", GUARD: "select"}
CLAUSES = {
    "read": ("select", "for select to {app} using ({rule})"),
    "add": ("insert", "for insert to {app} with check ({rule})"),
    "change": ("update", "for update to {app} using ({rule}) with check ({rule})"),
    "remove": ("delete", "for delete to {app} using ({rule})"),
}


@dataclass(frozen=True)
class Rules:
    """Conditions for the rows of one table; empty is closed. `refuse` beats every other: a deny list."""

    read: tuple = ()
    add: tuple = ()
    change: tuple = ()
    remove: tuple = ()
    refuse: str = ""
    columns: str = ""  # what may be given when adding, if not everything
    changing: str = ""  # what may become something else, if not everything
    once: bool = False  # written once: the keeper reads it, too, and no more

    def __or__(self, other):
        """An upper app opens a door in a lower app's table; a wall is its own app's."""
        doors = {part: (*getattr(self, part), *getattr(other, part)) for part in CLAUSES}
        return replace(self, **doors)


class ActsAs(str):
    """A condition on who acts and not on the row. It knows its words, so that several of one rule become one."""

    __slots__ = ("words",)

    def __new__(cls, words):
        self = super().__new__(cls, f"(select guard.acts_as({listed(words)}))")
        self.words = words
        return self


def acts_as(*words):
    """Whoever acts holds one of these roles, or is the *door*, a *referrer* or a *respondent*."""
    return ActsAs(words)


def on_duty(*duties):
    """A verb is at work that named one of these duties."""
    return acts_as(*(f"duty:{duty}" for duty in duties))


def own(column):
    return f"{column} = (select guard.me())"


def among(column, finder):
    """The column is among what a finder finds: `among("youth_id", "youth_held('{mentor}')")`."""
    return f"{column} = any {found(finder)}"


def found(finder):
    """What a finder found, as an array that is asked for once; `coalesce`, or the subquery would be read as rows."""
    return f"(coalesce((select guard.{finder})))"


def listed(kinds):
    """Kinds of access as PostgreSQL writes a list."""
    return f"'{{{','.join(sorted(kinds))}}}'"


def tables():
    """{table: Rules} of all apps, and the finders their rules use."""
    rules, finders = {}, []
    for module in each_app.modules("policies"):
        for model, rule in module.RULES.items():
            table = model._meta.db_table
            rules[table] = rules[table] | rule if table in rules else rule
        finders += module.FINDERS
    return rules, finders


def statements(rules, finders):
    """What makes the database keep these rules, from whatever stood there before."""
    yield from (CLEAR, f"set role {GUARD}", *finders)
    yield "reset role"
    for table, rule in sorted(rules.items()):
        yield f"alter table {table} enable row level security, force row level security"
        yield f"revoke all on {table} from {APP}, {KEEPER}"
        for role, rights in SEE_ALL.items():
            yield f"grant {'select' if rule.once else rights} on {table} to {role}"
            yield f"create policy {role} on {table} to {role} using (true) with check (true)"
        for part, (right, clause) in CLAUSES.items():
            if conditions := getattr(rule, part):
                words = " or ".join(f"({condition})" for condition in together(conditions))
                columns = {"add": rule.columns, "change": rule.changing}.get(part)
                yield f"grant {right}{f' ({columns})' if columns else ''} on {table} to {APP}"
                yield f"create policy {part} on {table} {clause.format(app=APP, rule=words)}"
        if rule.refuse:
            yield f"create policy refuse on {table} as restrictive to {APP} using (not coalesce({rule.refuse}, false))"


def together(conditions):
    """These conditions, with one question about who acts where there were several: after what looks at the row, for
    most rows are shown by that, and then the rest is never asked."""
    words = [word for one in conditions if isinstance(one, ActsAs) for word in one.words]
    rest = [one for one in dict.fromkeys(conditions) if not isinstance(one, ActsAs)]
    return [*rest, acts_as(*dict.fromkeys(words))] if words else rest


def digest(words):
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


# Policies first: the finders stand in them. What sql/*.sql made is the owner's, and stays.
CLEAR = f"""
do $$ declare found record; begin
    for found in select policyname, schemaname, tablename from pg_policies where schemaname = 'public' loop
        execute format('drop policy %I on %I.%I', found.policyname, found.schemaname, found.tablename);
    end loop;
    for found in select oid::regprocedure as name from pg_proc
        where proowner = '{GUARD}'::regrole and prorettype <> 'trigger'::regtype
    loop
        set local role {GUARD};
        execute format('drop function %s', found.name);
        reset role;
    end loop;
end $$
"""


def finder(signature, returns, query, *, by_index=False):
    """It looks with the guard's eyes: no policies within policies, no recursion. What finds several gives an array,
    which costs less than rows; `who.user_id` and `who.scope` is whoever acts and `who.asks_at` the moment, read once.

    `by_index`: every one of its conditions has an index, so one plan is right for everybody and kept for the session.
    """
    answer = f"array({query})" if returns.endswith("[]") else query
    who = ("declare who record;", f"{WHO};") if "who." in query else ("", "")
    return f"""create function guard.{signature} returns {returns}
    language plpgsql stable parallel safe security definer set search_path = pg_catalog, public, pg_temp
    {BY_INDEX if by_index else ""} as $body$ {who[0]} begin {who[1]} return {answer}; end $body$"""


# The clock is a function as well: asked for each row it costs more than the row.
WHO = "select actor.*, guard.clock() as asks_at into who from public.current_actor() actor"
# PostgreSQL cannot know how many rows a role holds before it knows the role: left alone it makes a plan at each call,
# which costs five times what looking does, or one that reads the table.
BY_INDEX = """set plan_cache_mode = force_generic_plan set enable_seqscan = off
    set max_parallel_workers_per_gather = 0 set jit = off"""
