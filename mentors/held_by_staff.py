"""What a supervisor leads and whoever covers watches over: how it goes to somebody else. See mentors.holding."""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from cases.holding import WALLED, people_with
from cases.models import Wall
from mentors import concerns, covering, leave, workforce
from mentors.models import LIVED, Cover, Leave, Mentor, Mentorship, MentorStatus
from mlmc import program
from mlmc.core.context import on_duty
from mlmc.core.holding import Held, NotTaken, Refusal
from mlmc.core.models import Role, User
from mlmc.core.templatetags.ui import short_when


def holders_of_teams():
    mentors = Mentor.objects.filter(user__team=OuterRef("team"), user__is_active=True)
    colleague = User.objects.with_role(Role.SUPERVISOR).filter(team=OuterRef("team"))
    return Q(roles__contains=[Role.SUPERVISOR]) & Exists(mentors) & ~Exists(colleague)


def holders_of_covers():
    now = timezone.now()
    rows = Leave.objects.current(now)
    covers = Cover.objects.filter(leave__in=rows, ended_at=None, user=OuterRef("pk"))
    return Exists(rows.filter(cover=OuterRef("pk"))) | Exists(covers)


def anybody_else(person):
    return list(people_with(*Role).exclude(pk=person.pk))


def alone_with_a_team(people):
    """Supervisors of these without a colleague in their team, who are gone or go."""
    colleague = User.objects.with_role(Role.SUPERVISOR).exclude(pk__in=people).filter(team=OuterRef("team"))
    rows = User.objects.filter(pk__in=people, roles__contains=[Role.SUPERVISOR], team__isnull=False)
    return rows.exclude(Exists(colleague))


@on_duty("workforce")
def find_led(people):
    leaders = dict(alone_with_a_team(people).values_list("team", "pk"))
    rows = Mentor.objects.filter(user__team__in=leaders, user__is_active=True).exclude(user__in=people)
    rows = rows.exclude(status=MentorStatus.DEPARTED).select_related("user").order_by("user__name", "pk")
    rows = rows.annotate(youth=Count("mentorships", filter=Q(mentorships__status__in=LIVED)))
    return [
        Held(row.pk, leaders[row.user.team_id], words=f"{row.user.name}, mentor of {row.youth} youth") for row in rows
    ]


@on_duty("workforce")
def refuse_leaders(lines, people):
    """Whoever never sees one of a mentor's youth does not supervise that mentor; nor a whole team with one of them."""
    mentors = list(Mentor.objects.filter(pk__in=[line.pk for line in lines]).select_related("user"))
    teams = {mentor.user.team_id for mentor in mentors}
    held = Mentorship.objects.filter(mentor__user__team__in=teams, status__in=LIVED)
    rows = Wall.objects.filter(user__in=people).values_list("user", "youth__cases")
    walled, found = set(rows), {}
    for mentor_id, team, case in held.values_list("mentor", "mentor__user__team", "case"):
        for one in people:
            if (one.pk, case) in walled:
                ours = [mentor.pk for mentor in mentors if mentor.user.team_id == team]
                hit = [mentor_id] if one.team_id else ours
                found |= {(pk, one.pk): WALLED for pk in hit}
    return found


@on_duty("workforce")
def refuse_the_away(lines, people):
    away = set(Leave.objects.in_force(timezone.now()).filter(person__in=people).values_list("person", flat=True))
    return {(line.pk, pk): Refusal(concerns.AWAY) for line in lines for pk in away}


@on_duty("workforce")
def give_led(pk, to, *, person, by, at):
    mentor = Mentor.objects.filter(pk=pk, user__team=person.team_id).select_related("user").first()
    if mentor is None:
        raise NotTaken("This mentor is in another team by now.")
    workforce.lead(mentor, to, by=by, at=at)


def find_on_call(people):
    on_call = program.current().on_call
    places = {str(pk): pk for pk in people}
    words = "place {} of {}"
    return [
        Held(places[one], places[one], words=words.format(place, len(on_call)))
        for place, one in enumerate(on_call, start=1)
        if one in places
    ]


def give_on_call(pk, to, *, person, by, at):
    """In the same place; whoever stands there already stands there once."""
    settings, old = program.current(), str(person.pk)
    new = str(to.pk) if to else None
    settings.on_call = [
        new if one == old else one for one in settings.on_call if one != old or (new and new not in settings.on_call)
    ]
    program.save(settings, by=by, at=at)


# Covering for others


def find_covers(people):
    return [
        Held(row.pk, who, words=f"covers for {row.person.name} until {short_when(row.last_day)}")
        for row, who in covering.covered_by(people, timezone.now())
    ]


@on_duty("workforce")
def give_cover(pk, to, *, person, by, at):
    row = Leave.objects.filter(pk=pk).first()
    try:
        if row is None:
            raise leave.NotCovered("This time away is over.")
        covering.change(row, to, person=person, by=by, at=at)
    except leave.NotCovered as problem:
        raise NotTaken(str(problem)) from None


@on_duty("workforce")
def find_leaves_asked(people):
    """Time off somebody of their team asked for, where they alone supervise it."""
    leaders = dict(alone_with_a_team(people).values_list("team", "pk"))
    rows = Leave.objects.current(timezone.now()).filter(granted_at=None, person__team__in=leaders)
    found = rows.exclude(person__in=people).select_related("person").order_by("asked_at")
    return [Held(row.pk, leaders[row.person.team_id], words=f"{row.person.name} asks for time away") for row in found]
