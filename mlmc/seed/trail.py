"""What the trail would hold after all those check-ins, chained as the database itself chains it, a month at a time."""

# Lines of one check-in: the list it began at, its form, what was saved, and the log that was looked at afterwards.
# `whole` lines name everybody on the list.
LINES = """
    (1, 'view', 'mentors:my_youth', true, -20), (2, 'view', 'mentors:check_in', false, -15),
    (3, 'write', 'mentors:check_in', false, 0), (4, 'view', 'mentors:meeting_log', false, 5)
"""
LANES = 4  # as many wrote at one moment

# An aggregate as a window: the digest of each line is made over the one before it in its lane.
CHAIN = """
    create or replace function pg_temp.joined(previous bytea, entry core_auditentry) returns bytea language plpgsql
    as $$ begin entry.previous := previous; return guard.audit_digest(entry); end $$;
    create or replace aggregate pg_temp.chained(core_auditentry)
        (sfunc = pg_temp.joined, stype = bytea, initcond = '');
"""

FILL = f"""
    with told as (
        select e.user_id, e.act, e.what, e.record, e.cases, e.at,
               mod(abs(hashtext(e.user_id::text)), {LANES}) + 1 as lane
        from (
            select mentor.user_id, line.act, line.what,
                   case when line.whole then '' else meeting.mentorship_id::text end as record,
                   case when line.whole then hers.cases else array[mentorship.case_id] end as cases,
                   meeting.logged_at + line.later * interval '1 second' as at, line.turn, meeting.id
            from mentors_meeting meeting
            join mentors_mentorship mentorship on mentorship.id = meeting.mentorship_id
            join mentors_mentor mentor on mentor.id = mentorship.mentor_id
            join pg_temp.whose hers on hers.mentor_id = mentorship.mentor_id
            cross join (values {LINES}) line (turn, act, what, whole, later)
            where meeting.logged_at >= %(begin)s and meeting.logged_at < %(end)s and line.turn <= %(lines)s
        ) e
    ), placed as (
        select told.*, row_number() over (partition by lane order by at, user_id, what) as seq from told
    ), chained as (
        select placed.*, pg_temp.chained(
            row(%(month)s::date, lane, seq, at, user_id, array['mentor'], act, what, record, cases, '', 200, null,
                null)
            ::core_auditentry) over (partition by lane order by seq) as digest
        from placed
    )
    insert into core_auditentry
        (month, lane, seq, at, user_id, scope, act, what, record, cases, why, status, previous, digest)
    select %(month)s::date, lane, seq, at, user_id, array['mentor'], act, what, record, cases, '', 200,
           lag(digest, 1, ''::bytea) over (partition by lane order by seq), digest
    from chained
"""

WHOSE = """
    create temp table whose as
    select mentor_id, (array_agg(case_id order by case_id))[1:25] as cases from mentors_mentorship group by mentor_id
"""

HEADS = """
    insert into guard.audit_lane (month, lane, seq, digest)
    select distinct on (lane) month, lane, seq, digest from core_auditentry where month = %(month)s
    order by lane, seq desc
"""


def fill(cursor, month, following, *, lines):
    """The trail of one month (its first day, and that of the next) from the meetings logged in it."""
    said = {"month": month, "lines": lines, "begin": f"{month} 00:00+00", "end": f"{following} 00:00+00"}
    cursor.execute("set local work_mem = '256MB'")
    cursor.execute(CHAIN)
    cursor.execute(WHOSE)
    cursor.execute("analyze whose")
    cursor.execute(FILL, said)
    cursor.execute(HEADS, said)
    cursor.execute("drop table whose")
