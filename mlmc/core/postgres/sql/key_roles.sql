-- A program's key holds no role but those a second person said yes to: whoever writes the row, and however.
create function guard.hold_key_roles() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if exists (
        select from unnest(new.roles) role where role not in (
            select r.role from core_rolerequest r where r.user_id = new.user_id and r.granted
        )
    ) then
        raise exception 'a key holds the roles two people gave it, and no other' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
-- It looks with the guard's eyes. What the keeper brings back was asked when it was first written.
alter function guard.hold_key_roles() owner to mlmc_guard;
create trigger agreed before insert or update of user_id, roles on core_integration for each row
    when (cardinality(new.roles) > 0 and current_user <> 'mlmc_keeper') execute function guard.hold_key_roles();
