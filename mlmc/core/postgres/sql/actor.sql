create schema guard;
revoke all on schema guard from public;

grant usage on schema guard to mlmc_app, mlmc_guard;  -- to call the finders inside policies
grant create on schema guard to mlmc_guard;  -- to own them

-- Nobody but the owner reads this table: the app can ask who acts, never make somebody up.
create table guard.actor_key (
    id integer generated always as identity primary key,
    inner_pad bytea not null,
    outer_pad bytea not null,
    added_at timestamptz not null default now()
);

-- Nobody is no row, so every policy built on it finds an empty array and shows nothing. A forged context, another
-- key's or one that had expired when the transaction began is an error, never an empty answer.
-- now() is the start of the transaction: the answer cannot change in the middle of one.
create function public.current_actor(out user_id uuid, out scope text[])
    returns setof record rows 1
    language plpgsql stable parallel safe security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- user|scope|expiry|mac. Split, not matched: a regular expression here made every policy nine times dearer.
    said text[] := string_to_array(nullif(current_setting('app.actor', true), ''), '|');
    words bytea := convert_to(array_to_string(said[1:3], '|'), 'UTF8');
begin
    if said is null then
        return;
    end if;
    perform from guard.actor_key key
        where encode(sha256(key.outer_pad || sha256(key.inner_pad || words)), 'hex') = said[4] and cardinality(said) = 4;
    if not found then
        raise exception 'the acting context is not ours' using errcode = 'insufficient_privilege';
    end if;
    if said[3]::bigint < extract(epoch from now()) then
        raise exception 'the acting context had expired' using errcode = 'insufficient_privilege';
    end if;
    user_id := nullif(said[1], '')::uuid;
    scope := string_to_array(said[2], ',');
    return next;
end
$$;
revoke all on function public.current_actor() from public;
grant execute on function public.current_actor() to mlmc_app, mlmc_guard;
