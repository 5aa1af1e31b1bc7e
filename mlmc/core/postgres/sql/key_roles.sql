-- A program's key holds no role but those a second person said yes to, and once revoked it stays so: whoever writes the
-- row, and however. The first three are asked for people alone, so that a yes about a person opens nothing for a key.
create function guard.hold_key_roles() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (tg_op = 'INSERT' or (new.user_id, new.roles) is distinct from (old.user_id, old.roles)) and exists (
        select from unnest(new.roles) role where role in ('admin', 'director', 'mentor') or role not in (
            select r.role from core_rolerequest r where r.user_id = new.user_id and r.granted
        )
    ) then
        raise exception 'a key holds the roles two people gave it, and no other' using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'UPDATE' and old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
        raise exception 'a key that was revoked stays so' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
-- It looks with the guard's eyes. A key from before two people were asked can still be revoked, and what the keeper brings
-- back was asked when it was first written.
alter function guard.hold_key_roles() owner to mlmc_guard;
create trigger agreed before insert or update of user_id, roles, revoked_at on core_integration for each row
    when (current_user <> 'mlmc_keeper') execute function guard.hold_key_roles();
