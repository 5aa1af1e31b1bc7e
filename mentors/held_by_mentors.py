"""What a mentor has in hand, and worries about safety: how each goes to somebody else. See mentors.holding."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cases.holding import walls
from mentors import concerns, handover, mentorships
from mentors.models import LIVED, Accompaniment, Concern, Mentor, Mentorship, MentorStatus, Status
from mentors.places import NotToBeAsked
from mentors.slots import NoPlaceLeft
from mlmc.core.context import on_duty
from mlmc.core.holding import Held, NotTaken, Refusal
from mlmc.core.models import Role, User
from mlmc.core.templatetags.ui import short_when

READS = (Role.DIRECTOR, Role.SUPERVISOR)  # of a concern, who raised it


def holders_of_mentorships():
    return Exists(Mentorship.objects.filter(mentor__user=OuterRef("pk"), status__in=LIVED))


def holders_of_concerns():
    mine = Q(told=OuterRef("pk")) | Q(acknowledged_by=OuterRef("pk"))
    return Exists(Concern.objects.unresolved().filter(mine))


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
    if mentor.leaves_since:
        return "Is handing over their own youth."
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
def refuse_for_concerns(lines, people):
    """That somebody is away is known to everybody; that they raised it, to those who read concerns."""
    rows = {row.pk: row for row in Concern.objects.filter(pk__in=[line.pk for line in lines]).select_related("case")}
    found = {}
    for person in User.objects.filter(pk__in={line.person for line in lines}):
        theirs = [rows[line.pk] for line in lines if line.person == person.pk]
        for pair, words in concerns.cannot_take(theirs, people, person=person).items():
            found[pair] = Refusal(words, () if words == concerns.AWAY else READS)
    return walls(lines, people) | found


@on_duty("concern")
def give_concern(pk, to, *, person, by, at):
    concern = concerns.held_by([person.pk]).filter(pk=pk).select_related("case").first()
    if concern is None:
        raise NotTaken("Somebody else has this in hand already.")
    concerns.pass_to(concern, to, person=person, by=by, at=at)
