-- The database's own clock, in one place: every rule that asks "now" asks here.
create function guard.clock() returns timestamptz language sql stable as $$ select clock_timestamp() $$;

-- One row for each request that shows, changes, is refused, exports or signs in.
create table core_auditentry (
    month date not null default date_trunc('month', now() at time zone 'UTC')::date,
    lane integer not null,
    seq bigint not null,
    at timestamptz not null default now(),
    user_id uuid,
    scope text[] not null,
    act text not null,
    what text not null,
    record text not null default '',
    cases uuid[] not null default '{}',
    why text not null default '',
    status smallint not null default 200,
    previous bytea not null,
    digest bytea not null,
    constraint one_entry_per_place_in_a_chain primary key (month, lane, seq),
    constraint audit_act_is_known check (act in ('view', 'write', 'deny', 'export', 'sign-in'))
) partition by range (month);
create table core_auditentry_later partition of core_auditentry default;  -- a forgotten month stops nobody's work
create index audit_of_a_case on core_auditentry using gin (cases);  -- screen: who has seen this youth
create index audit_of_a_user on core_auditentry (user_id, at desc);  -- screen: my own acts

create sequence guard.audit_lane_number;
create table guard.audit_lane (
    month date not null,
    lane integer not null default nextval('guard.audit_lane_number'),
    seq bigint not null default 0,
    digest bytea not null default '',
    primary key (month, lane)
) with (fillfactor = 20);  -- one hot row per lane: leave room to update it in place

create function guard.audit_digest(entry core_auditentry) returns bytea
    language sql stable set search_path = pg_catalog, pg_temp
as $$
    select sha256(entry.previous || convert_to(jsonb_build_array(
        entry.month, entry.lane, entry.seq, extract(epoch from entry.at), entry.user_id, entry.scope, entry.act,
        entry.what, entry.record, entry.cases, entry.why, entry.status)::text, 'UTF8'))
$$;

-- No global lock: an entry joins the first lane that nobody is writing to, or opens a new one. Nobody ever waits,
-- and there are as many lanes as there were writers at one moment.
create function guard.chain_audit_entry() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    head guard.audit_lane;
begin
    select actor.user_id, actor.scope into new.user_id, new.scope from public.current_actor() actor;
    -- the word of a private link is a way in, even as a hash: the trail says *respondent*
    new.scope := array(select word from unnest(new.scope) word where word not like 'link:%');
    select * into head from guard.audit_lane where month = new.month order by lane limit 1 for update skip locked;
    if not found then
        insert into guard.audit_lane (month) values (new.month) returning * into head;
    end if;
    new.lane := head.lane;
    new.seq := head.seq + 1;
    new.previous := head.digest;
    new.digest := guard.audit_digest(new);
    update guard.audit_lane set seq = new.seq, digest = new.digest where month = new.month and lane = new.lane;
    return new;
end
$$;
create trigger chain before insert on core_auditentry for each row execute function guard.chain_audit_entry();

create function guard.refuse() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
as $$ begin raise exception 'the trail is written once' using errcode = 'insufficient_privilege'; end $$;
create trigger written_once before update or delete on core_auditentry for each row execute function guard.refuse();
create trigger never_emptied before truncate on core_auditentry execute function guard.refuse();
create trigger never_emptied before truncate on core_auditentry_later execute function guard.refuse();

grant usage on schema guard to mlmc_keeper;
grant select on guard.audit_lane to mlmc_keeper;

-- What a record said before: who changed it, when, which fields. Ciphertext stays ciphertext, bound to its row.
create table core_change (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    user_id uuid,
    table_name text not null,
    row_id text not null,
    about text not null,
    subject uuid,
    gone boolean not null,
    fields text[] not null,
    old jsonb not null
);
create index changes_of_a_row on core_change (table_name, row_id, at desc);
create index changes_about on core_change (subject) where subject is not null;

-- Arguments: what the row is about (youth, case, …), and the column that says which.
create function guard.keep_change() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    was jsonb := to_jsonb(old);
    now_is jsonb := case when tg_op = 'DELETE' then '{}' else to_jsonb(new) end;
    -- that somebody signed in is no change of who they are, and of a password nothing is kept but that it changed
    changed jsonb := (
        select jsonb_object_agg(key, case when key = 'password' then 'null' else value end) from jsonb_each(was)
        where value is distinct from now_is -> key and key <> 'last_login'
    );
begin
    if changed is not null then
        insert into public.core_change (user_id, table_name, row_id, about, subject, gone, fields, old)
        select (select user_id from public.current_actor()), tg_table_name, was ->> 'id', tg_argv[0],
               (was ->> tg_argv[1])::uuid, tg_op = 'DELETE', array(select jsonb_object_keys(changed) order by 1), changed;
    end if;
    return null;
end
$$;
-- It writes with the guard's hands: nobody else adds a line, and only the keeper takes one away.
grant insert, select on core_change to mlmc_guard;
alter function guard.keep_change() owner to mlmc_guard;
