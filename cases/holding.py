"""What somebody has in hand of cases and referrals, and how it goes to a colleague. See mlmc.core.holding."""

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef

from cases import access, intake
from cases.models import Access, As, Emergency, Referral, Wall
from cases.models.referral import OPEN
from mlmc.core import outbox
from mlmc.core.context import on_duty
from mlmc.core.holding import Held, Kind, NotTaken, Refusal
from mlmc.core.models import Role, User

WALLED = Refusal("Is kept away from this youth.", (Role.DIRECTOR, Role.SUPERVISOR, Role.CASE_MANAGER))
FOLLOW = []  # what an app above does when a row went from one to another: (person, to, at=)
# What is held by a row in person, and goes on as the same to a colleague
BY_ROW = [
    (As.CASE_MANAGER, "Cases they manage", "clipboard2-heart", "A case manager takes over the whole case."),
    (As.SUPERVISOR, "Mentorships they supervise", "heart-pulse", "Those of a mentor above go with the mentor."),
    (As.SUPPORT, "Youth whose paperwork they do", "file-earmark-text", "Support sees check-ins handed over, by code."),
    (As.INTAKE, "Youth they welcome", "door-open", "Until there is a mentor."),
    (As.ASSESSMENT, "Youth they find a mentor for", "people", "Until there is a mentor."),
]


def held_as(as_what, **whose):
    return Access.objects.filter(as_what=as_what, until=None, **whose)


@on_duty("access")
def find_rows(as_what, people):
    rows = list(held_as(as_what, user__in=people).order_by("begins", "pk"))
    also = others_with(as_what, {row.case_id for row in rows}, but=people)
    return [Held(row.pk, row.user_id, case=row.case_id, also=tuple(also.get(row.case_id, ()))) for row in rows]


def others_with(as_what, cases, *, but):
    """{case id: short names of those who hold the same row and work here}; a wall takes them off, and a row of
    everybody in a role counts while there is somebody."""
    found = {}
    rows = list(held_as(as_what, case__in=cases).exclude(user__in=but).select_related("user", "case"))
    walls = set(Wall.objects.filter(youth__cases__in=cases).values_list("user", "youth"))
    holders = holders_of({row.role for row in rows if row.user_id is None}, but=but)
    for row in rows:
        if row.user_id is None:
            if any((pk, row.case.youth_id) not in walls for pk in holders[row.role]):
                found.setdefault(row.case_id, []).append(f"everybody who is {Role(row.role).label}")
        elif row.user.has_role(*access.HELD_BY[as_what]) and (row.user_id, row.case.youth_id) not in walls:
            found.setdefault(row.case_id, []).append(row.user.short_name)
    return found


def holders_of(roles, *, but):
    """{role: ids of those who work here in it}"""
    return {role: set(User.objects.with_role(role).exclude(pk__in=but).values_list("pk", flat=True)) for role in roles}


@on_duty("access")
def left_without(person, roles):
    """{role: how many youth wait for everybody in one of these roles, where there is nobody else for them}"""
    rows = Access.objects.filter(user=None, until=None, role__in=roles).select_related("case")
    walls = set(Wall.objects.values_list("user", "youth"))
    holders, found = holders_of(set(roles), but=[person.pk]), {}
    for row in rows:
        if all((pk, row.case.youth_id) in walls for pk in holders[row.role]):
            found.setdefault(row.role, set()).add(row.case.youth_id)
    return {role: len(youth) for role, youth in found.items()}


def people_with(*roles):
    return User.objects.filter(is_active=True, roles__overlap=list(roles)).order_by("name", "pk")


def colleagues(*roles):
    return lambda person: list(people_with(*roles).exclude(pk=person.pk))


@on_duty("access")
def walls(lines, people):
    """Who never sees whom of these."""
    rows = Wall.objects.filter(user__in=people, youth__cases__in=[line.case for line in lines if line.case])
    pairs = set(rows.values_list("user", "youth__cases"))
    return {(line.pk, person.pk): WALLED for line in lines for person in people if (person.pk, line.case) in pairs}


@on_duty("access")
@transaction.atomic
def give_row(pk, to, *, person, by, at):
    """A row ends and the same begins with a colleague, at one moment. They are told that there is news."""
    rows = Access.objects.filter(pk=pk, user=person, until=None)
    row = rows.select_for_update(of=("self",)).select_related("case").first()
    if row is None:
        raise NotTaken("Somebody has handed this over already.")
    access.end(row.case, at=at, as_what=[row.as_what], user=person)
    made = access.give(row.case, user=to, as_what=row.as_what, why="handed over", by=by, at=at)
    row.case.record("Handed over to a colleague", by=by, at=at)
    outbox.enqueue("news", to=to, about=made.pk, due_at=at)
    for follow in FOLLOW:
        follow(person, to, at=at)
    if row.as_what == As.SUPERVISOR:
        for emergency in Emergency.objects.filter(access__case=row.case, reviewed_at=None).exclude(by=to):
            outbox.enqueue("news", to=to, about=emergency.pk, due_at=at)


@on_duty("welcome")
def find_referrals(people):
    rows = Referral.objects.filter(taken_by__in=people, status__in=OPEN).order_by("received_at", "pk")
    return [Held(pk, who, case=case, referral=pk) for pk, who, case in rows.values_list("pk", "taken_by", "case")]


@on_duty("welcome")
@transaction.atomic
def give_referral(pk, to, *, person, by, at):
    rows = Referral.objects.filter(pk=pk, taken_by=person, status__in=OPEN)
    referral = rows.select_for_update(of=("self",)).first()
    if referral is None:
        raise NotTaken("Somebody has taken this on already.")
    intake.take_on(referral, by=to)
    outbox.enqueue("news", to=to, about=f"taken {referral.pk}", due_at=at)


@on_duty("access")
def find_emergencies(people):
    """Openings nobody has looked at yet, of youth these people supervise."""
    theirs = dict(held_as(As.SUPERVISOR, user__in=people).values_list("case", "user"))
    rows = Emergency.objects.filter(reviewed_at=None, access__case__in=theirs).order_by("opened_at")
    return [Held(pk, theirs[case], case=case) for pk, case in rows.values_list("pk", "access__case")]


def kind_of(order, as_what, label, icon, about):
    return Kind(
        as_what.value,
        label,
        icon,
        order,
        partial(find_rows, as_what),
        about=about,
        holders=lambda: Exists(held_as(as_what, user=OuterRef("pk"))),
        takers=colleagues(*access.HELD_BY[as_what]),
        give=give_row,
        refuses=walls,
    )


KINDS = [
    *(kind_of(order, *words) for order, words in enumerate(BY_ROW, start=30)),
    Kind(
        "referrals",
        "Referrals they took on",
        "inbox",
        40,
        find_referrals,
        about="The clocks of our promises run on.",
        holders=lambda: Exists(Referral.objects.filter(taken_by=OuterRef("pk"), status__in=OPEN)),
        takers=colleagues(Role.INTAKE, Role.ASSESSMENT),
        give=give_referral,
        refuses=walls,
    ),
    Kind(
        "emergencies",
        "Emergencies waiting for their review",
        "exclamation-diamond",
        41,
        find_emergencies,
        goes_with="Whoever supervises the youth next is told, and reviews them.",
    ),
]
