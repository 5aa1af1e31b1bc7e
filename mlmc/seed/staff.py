"""The people who work in the demo program."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password

from mentors.models import Mentor, MentorStatus
from mlmc import demo, program
from mlmc.core.models import AuthenticatorApp, Role, Team, User
from mlmc.seed import names

TOLD = ("gender", "texts", "languages", "areas", "backgrounds", "experiences", "interests")
ROLE = {label: role for role, label in Role.choices}


def make(*, at):
    """Two teams, one person for each sign-in, nine mentors. Returns the people by the first part of their e-mail."""
    password = make_password(demo.PASSWORD)
    teams = {name: Team.objects.create(name=name) for name in ("North", "South")}
    people = {}

    def person(key, name, roles, team, **fields):
        people[key] = User.objects.create(
            email=f"{key}@demo.example",
            name=name,
            roles=roles,
            team=teams.get(team),
            password=password,
            invited_at=at - timedelta(days=800),
            last_login=at - timedelta(hours=len(people) * 7),
            **fields,
        )
        AuthenticatorApp.objects.create(user=people[key], secret=demo.secret_of(people[key].email), made_at=at)

    for role, email in demo.SIGN_INS:
        key = email.partition("@")[0]
        person(key, names.SIGN_INS[key], [ROLE[role]], "North", on_council=key == "carmen")
    for name, key, roles, team in names.OTHER_STAFF:
        person(key, name, roles, team)
    for n, mentor in enumerate(names.MENTORS):
        key, told = mentor["key"], {name: mentor[name] for name in TOLD}
        if key not in people:
            person(key, mentor["name"], [Role.MENTOR], "North" if n < 4 else "South")
        title = "Senior survivor mentor" if n < 2 else "Survivor mentor"
        status, until = (
            (MentorStatus.READY, None) if n < 8 else (MentorStatus.SHADOWING, at.date() + timedelta(days=18))
        )
        Mentor.objects.create(user=people[key], status=status, shadowing_until=until, title=title, **told)
    settings = program.Program(on_call=[str(people["simone"].pk), str(people["renee"].pk)])
    program.save(settings)
    return people
