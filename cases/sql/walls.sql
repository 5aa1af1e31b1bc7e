-- The cases a wall keeps somebody from, as far as whoever asks may see walls: it looks with the caller's own eyes.
-- Under a duty that cannot read cases it finds none, so nothing of one's own is asked for under one.
create function public.cases_walled_from(person uuid) returns uuid[]
    language plpgsql stable parallel safe
as $$
begin
    return array(
        select found.id from public.cases_wall wall join public.cases_case found on found.youth_id = wall.youth_id
        where wall.user_id = person
    );
end
$$;
revoke all on function public.cases_walled_from(uuid) from public;
grant execute on function public.cases_walled_from(uuid) to mlmc_app, mlmc_keeper, mlmc_guard;
