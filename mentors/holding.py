"""What a mentor, a supervisor, or whoever covers has in hand, and how it goes to somebody else.

See mlmc.core.holding.
"""

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from cases.holding import WALLED, colleagues, people_with, walls
from cases.models import Wall
from mentors import concerns, covering, handover, leave, mentorships, workforce
from mentors.models import (
    LIVED,
    Accompaniment,
    Concern,
    Cover,
    Leave,
    Mentor,
    Mentorship,
    MentorStatus,
    Status,
)
from mentors.places import NotToBeAsked
from mentors.slots import NoPlaceLeft
from mlmc import program
from mlmc.core.context import on_duty
from mlmc.core.holding import Held, Kind, NotTaken, Refusal
from mlmc.core.models import Role, User
from mlmc.core.templatetags.ui import short_when

# Mentorships


def of_mentors(people, *statuses):
    rows = Mentorship.objects.filter(mentor__user__in=people, status__in=statuses)
    return rows.order_by("asked_at", "pk").values_list("pk", "mentor__user", "case", "status")


@on_duty("workforce")
def find_mentorships(people):
    rows = of_mentors(people, *LIVED)
    return [Held(pk, who, case=case, words=str(Status(status).label)) for pk, who, case, status in rows]


@on_duty("workforce")
def other_mentors(person):
    """With a word on their room."""
    rows = Mentor.objects.exclude(status=MentorStatus.DEPARTED).filter(user__is_active=True).exclude(user=person)
    found = []
    for mentor in rows.with_places().select_related("user").order_by("user__name", "pk"):
        free = max(0, mentor.places - mentor.taken)
        mentor.user.hint = f"{free} {'place' if free == 1 else 'places'} free"
        found.append(mentor.user)
    return found


@on_duty("workforce")
def refuse_mentors(lines, people):
    """Who takes nobody new now is said to everybody; that there is a wall is not."""
    rows = Mentor.objects.filter(user__in=people).with_places()
    why = {mentor.user_id: not_now(mentor) for mentor in rows}
    no_mentor = "Is no mentor here."
    found = {
        (line.pk, one.pk): Refusal(words) for one in people if (words := why.get(one.pk, no_mentor)) for line in lines
    }
    return walls(lines, people) | found


def not_now(mentor):
    if mentor.status not in handover.TAKES_OVER:
        return f"Is {MentorStatus(mentor.status).label}."
    return "" if mentor.taken < mentor.places else f"All {mentor.places} places are taken."


def give_mentorship(pk, to, *, person, by, at):
    mentorship = mentorship_of(person, pk)
    try:
        if to is None:
            handover.let_wait(mentorship, by=by, at=at)
        else:
            handover.pass_on(mentorship, mentor_of(to), by=by, at=at)
    except (NotToBeAsked, NoPlaceLeft) as problem:
        raise NotTaken(str(problem)) from None


@on_duty("workforce")
def mentorship_of(person, pk):
    found = Mentorship.objects.filter(pk=pk, mentor__user=person).select_related("case", "mentor__user").first()
    if found is None:
        raise NotTaken("Somebody has handed this over already.")
    return found


@on_duty("workforce")
def mentor_of(user):
    return Mentor.objects.select_related("user").get(user=user)


@on_duty("workforce")
def find_asked(people):
    rows = of_mentors(people, Status.ASKING)
    return [Held(pk, who, case=case, words="waits for an answer") for pk, who, case, _ in rows]


def give_back(pk, to, *, person, by, at):
    mentorship = mentorship_of(person, pk)
    if mentorship.status == Status.ASKING:
        mentorships.not_this_time(mentorship, by=by, at=at)


@on_duty("workforce")
def find_plans(people):
    rows = Accompaniment.objects.planned().filter(
        mentorship__mentor__user__in=people, mentorship__status__in=LIVED, begins_at__gt=timezone.now()
    )
    found = rows.values_list("pk", "mentorship__mentor__user", "mentorship__case", "begins_at")
    return [Held(pk, who, case=case, words=short_when(begins)) for pk, who, case, begins in found]


# Concerns


@on_duty("concern")
def find_concerns(people):
    rows = concerns.held_by(people).order_by("raised_at").select_related("told", "acknowledged_by")
    return [
        Held(
            row.pk,
            row.acknowledged_by_id or row.told_id,
            case=row.case_id,
            words="has it in hand" if row.acknowledged_by_id else "was told, and nobody has it yet",
        )
        for row in rows
    ]


@on_duty("concern")
def give_concern(pk, to, *, person, by, at):
    concern = concerns.held_by([person.pk]).filter(pk=pk).select_related("case").first()
    if concern is None:
        raise NotTaken("Somebody else has this in hand already.")
    concerns.pass_to(concern, to, person=person, by=by, at=at)


# The team and the rota


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
            raise leave.NotCovered("This leave is over.")
        covering.change(row, to, person=person, by=by, at=at)
    except leave.NotCovered as problem:
        raise NotTaken(str(problem)) from None


def holders_of_covers():
    now = timezone.now()
    rows = Leave.objects.current(now)
    covers = Cover.objects.filter(leave__in=rows, ended_at=None, user=OuterRef("pk"))
    return Exists(rows.filter(cover=OuterRef("pk"))) | Exists(covers)


def holders_of_mentorships():
    return Exists(Mentorship.objects.filter(mentor__user=OuterRef("pk"), status__in=LIVED))


def holders_of_teams():
    mentors = Mentor.objects.filter(user__team=OuterRef("team"), user__is_active=True)
    colleague = User.objects.with_role(Role.SUPERVISOR).filter(team=OuterRef("team"))
    return Q(roles__contains=[Role.SUPERVISOR]) & Exists(mentors) & ~Exists(colleague)


KINDS = [
    Kind(
        "concerns",
        "Safety concerns",
        "shield-exclamation",
        10,
        find_concerns,
        about="Who takes one over is told within the minute.",
        holders=lambda: Exists(
            Concern.objects.unresolved().filter(Q(told=OuterRef("pk")) | Q(acknowledged_by=OuterRef("pk")))
        ),
        takers=colleagues(Role.SUPERVISOR, Role.DIRECTOR),
        give=give_concern,
        refuses=walls,
    ),
    Kind(
        "mentorships",
        "Youth they mentor",
        "house-heart",
        20,
        find_mentorships,
        about="Each with a goodbye and a beginning. Who takes over sees nothing of the meetings before.",
        holders=holders_of_mentorships,
        takers=other_mentors,
        give=give_mentorship,
        refuses=refuse_mentors,
        nobody="Nobody yet: the assessment team finds a match",
    ),
    Kind(
        "plans",
        "Meetings planned",
        "calendar-check",
        21,
        find_plans,
        goes_with="They go with the youth, as far as they keep to what keeps them safe with the new mentor.",
    ),
    Kind(
        "asked",
        "Asked, and thinking about a match",
        "chat-dots",
        22,
        find_asked,
        about="The place is free again, and the team asks somebody else. Nobody owes a reason.",
        takers=lambda person: [],
        give=give_back,
        nobody="The place is given back",
        verb="Give back",
    ),
    Kind(
        "led",
        "Mentors of their team",
        "diagram-3",
        25,
        find_led,
        about="A supervisor without a team takes the whole team; one with a team takes the mentor into it. "
        "Their youth go with them.",
        holders=holders_of_teams,
        takers=colleagues(Role.SUPERVISOR),
        give=give_led,
        refuses=refuse_leaders,
        about_youth=False,
    ),
    Kind(
        "on_call",
        "Their turn on call",
        "telephone",
        50,
        find_on_call,
        about="Somebody else stands in the same place of the rota.",
        takers=colleagues(Role.SUPERVISOR),
        give=give_on_call,
        nobody="Take them off the rota",
        about_youth=False,
    ),
    Kind(
        "covers",
        "Colleagues they cover for",
        "calendar-heart",
        51,
        find_covers,
        about="Somebody else covers from now on, until the same day.",
        holders=holders_of_covers,
        takers=lambda person: list(people_with(*Role).exclude(pk=person.pk)),
        give=give_cover,
        about_youth=False,
    ),
]
