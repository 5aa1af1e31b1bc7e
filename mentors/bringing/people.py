"""Mentors who are here already, from a file: entered without a sign-in, to be invited when their program is ready."""

from cases import codes
from mentors import workforce
from mentors.models import Mentor, MentorStatus
from mlmc import program
from mlmc.core import people
from mlmc.core.bringing import columns
from mlmc.core.bringing.columns import Column
from mlmc.core.bringing.kinds import Kind
from mlmc.core.context import on_duty
from mlmc.core.models import Role, Team, User

BEGIN_AS = {MentorStatus.SHADOWING: "shadowing", MentorStatus.READY: "ready", MentorStatus.ON_LEAVE: "on leave"}


def mentor_columns():
    return [
        Column("name", "Name", columns.text(80), required=True, also=("mentor", "full name"),
               examples=("Ines Calder", "Bea Larkin")),
        Column("email", "E-mail", columns.email, required=True, also=("mail", "e-mail address", "mentor e-mail"),
               examples=("ines@example.org", "bea@example.org")),
        Column("team", "Team", columns.text(60), examples=("", ""), hint="One of your teams, by its name."),
        Column("title", "Title", columns.text(40), also=("position", "rung"), examples=("Survivor mentor", "")),
        Column("stage", "Stage", columns.one_of(BEGIN_AS), empty=MentorStatus.READY, also=("status",),
               examples=("ready", "shadowing"), hint="Shadowing, ready or on leave. Empty is ready."),
        Column("places", "Places", columns.number(1, 12), empty=None, also=("capacity",), examples=("10", ""),
               hint="Empty is what the program has settled."),
        Column("languages", "Languages", columns.some_of(codes.LANGUAGES), empty=list, also=("language",),
               examples=("English; Spanish", "English")),
        Column("areas", "Areas", columns.some_of(codes.AREAS), empty=list, also=("area", "region"),
               examples=("Lynn; Chelsea", "Dorchester")),
        Column("backgrounds", "Backgrounds", columns.some_of(codes.BACKGROUNDS), empty=list, also=("background",),
               hint="Only what they chose to tell."),
        Column("experiences", "Experiences", columns.some_of(codes.EXPERIENCES), empty=list, also=("experience",),
               hint="Only what they chose to tell."),
        Column("interests", "Interests", columns.some_of(codes.INTERESTS), empty=list,
               examples=("art and drawing", "")),
        Column("gender", "Gender", columns.one_of(codes.GENDERS), hint="Only what they chose to tell."),
        Column("texts", "Texts", columns.yes_or_no, empty=None, also=("likes to text",), examples=("yes", "no")),
    ]  # fmt: skip


@on_duty("workforce")
def weigh_mentors(lines, *, by, at):
    usual = program.current().places
    teams = {team.name.casefold(): team for team in Team.objects.all()}
    here = set(User.objects.filter(email__in=[line.values["email"] for line in lines]).values_list("email", flat=True))
    for line in lines:
        said = line.values
        if said["email"] in here:
            line.refuse("email", "Somebody with this e-mail is here already.")
        here.add(said["email"])
        if said["team"] and said["team"].casefold() not in teams:
            line.refuse("team", "There is no team of this name. Add it on the page of teams, or leave this empty.")
        line.found["team"] = teams.get(said["team"].casefold())
        stage, places = MentorStatus(said["stage"]).label, said["places"] or usual
        spoken = ", ".join(codes.words(said["languages"], codes.LANGUAGES))
        line.words = f"{said['name']}, {stage}, with {places} places{spoken and f'; {spoken}'}"


@on_duty("workforce")
def make_mentors(lines, *, by, at):
    ours = program.current()
    said = [(one.values["email"], one.values["name"], [Role.MENTOR], one.found["team"]) for one in lines]
    users = people.expect(said, at=at)
    mentors = workforce.welcome_many(
        [mentor_of(user, line.values, places=ours.places) for user, line in zip(users, lines, strict=True)]
    )
    for line, user, mentor in zip(lines, users, mentors, strict=True):
        line.made = [mentor.pk, user.pk]


def mentor_of(user, said, *, places):
    told = {name: said[name] for name in workforce.TOLD}
    title = said["title"] or "Survivor mentor"
    return Mentor(user=user, status=said["stage"], places=said["places"] or places, title=title, **told)


@on_duty("workforce")
def take_back_mentors(ids, *, by, at):
    """Who has a youth, an invitation or anything else by now stays: the database refuses it."""
    Mentor.objects.filter(pk__in=ids).delete()
    User.objects.filter(pk__in=ids).delete()


MENTORS = Kind(
    name="mentors",
    label="Mentors",
    about="Survivor mentors who work with you. They get no sign-in yet: you invite each from the page of people.",
    icon="person-hearts",
    may=(Role.ADMIN, Role.DIRECTOR),
    columns=mentor_columns,
    weigh=weigh_mentors,
    make=make_mentors,
    take_back=take_back_mentors,
    order=1,
)
