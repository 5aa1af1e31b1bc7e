"""Who mentors, and whose team they are in: the record behind the role, and the rows of access that follow a team."""

from django.db import transaction

from cases import access
from cases.models import Access, As
from mentors import leave, mentorships
from mentors.lifecycle import move_mentor
from mentors.models import LIVED, Mentor, Mentorship, MentorStatus
from mlmc.core.context import on_duty
from mlmc.core.models import Role

FOLLOWS = [As.SUPERVISOR, As.SUPPORT]
TOLD = ["languages", "areas", "backgrounds", "experiences", "interests", "gender", "texts"]


@on_duty("workforce", "mentoring")
@transaction.atomic
def welcome(user, *, by, at, moves=False, before=()):
    """After an invitation, or a change of team or of the roles held `before`: a mentor's record, and the team's youth
    for who joins it.

    A new mentor begins by shadowing and holds no youth yet.
    """
    if user.has_role(Role.MENTOR):
        Mentor.objects.get_or_create(user=user, defaults={"status": MentorStatus.SHADOWING})
    if moves:
        change_hands(user, by=by, at=at)
    else:
        follow_team(user, by=by, at=at, joins=bool(set(FOLLOWS) & set(user.roles) - set(before)))


@on_duty("workforce")
@transaction.atomic
def welcome_many(mentors):
    """The records of people who mentor already and have just been entered; none of them has a youth here yet."""
    return Mentor.objects.bulk_create(mentors)


@on_duty("workforce", "mentoring")
def follow_team(user, *, by, at, joins):
    """Supervisors and support see the youth of their team's mentors from when they join it, and no longer those of a
    team that was left."""
    same_team = {"mentor__user__team": user.team_id, "mentor__user__team__isnull": False}
    ours = Mentorship.objects.filter(status__in=LIVED, **same_team)
    theirs = Mentorship.objects.filter(status__in=LIVED, mentor__user=user)
    rows = Access.objects.filter(until=None, as_what__in=FOLLOWS, why__in=mentorships.WHY.values())
    for row in rows.filter(user=user).select_related("case"):
        if not (user.has_role(row.as_what) and ours.filter(case=row.case_id).exists()):
            access.end(row.case, at=at, as_what=[row.as_what], user=user)
    left_behind = rows.filter(case__in=theirs.values("case")).exclude(user=user)
    for row in left_behind.select_related("case", "user"):
        if row.user.team_id != user.team_id:
            access.end(row.case, at=at, as_what=[row.as_what], user=row.user)
    for mentorship in ours if joins else ():
        mentorships.let_the_team_see(mentorship, by=by, at=at, only=user)


def same_team(one, other):
    return one.team_id is not None and one.team_id == other.team_id


@on_duty("workforce", "mentoring")
def change_hands(user, *, by, at):
    """A mentor came to another team: whoever else watched over their youth steps back, also who took one over from a
    colleague. Where nobody supervises in the new team, the latter watches on, as when another mentor takes over."""
    theirs = Mentorship.objects.filter(status__in=LIVED, mentor__user=user).select_related("case")
    before = {mentorship.case: mentorships.taken_over(mentorship.case) for mentorship in theirs}
    rows = Access.objects.filter(case__in=before, until=None, as_what__in=FOLLOWS, user__isnull=False)
    rows = [row for row in rows.select_related("case", "user") if not same_team(row.user, user)]
    for row in rows:
        access.end(row.case, at=at, as_what=[row.as_what], user=row.user)
    follow_team(user, by=by, at=at, joins=True)
    for mentorship in theirs:
        mentorships.let_the_team_see(mentorship, by=by, at=at)
    for case, watched in before.items():
        mentorships.keep_watched(case, watched, by=by, at=at)
    leave.follow(*{row.user for row in rows}, at=at)


def tell(mentor, **told):
    """What a mentor chose to tell about herself, for matching. Nobody has to tell anything."""
    for name in TOLD:
        setattr(mentor, name, told[name])
    mentor.save(update_fields=TOLD)
    return mentor


@on_duty("workforce", "mentoring")
def leaves(user, *, at):
    """Their youth are being handed over: from the first one on nobody is asked for them any more."""
    Mentor.objects.filter(user=user, leaves_since=None).update(leaves_since=at)


@on_duty("workforce", "mentoring")
def stays(user):
    """It was one youth, or they changed their mind: they can be asked again."""
    Mentor.objects.filter(user=user).update(leaves_since=None)


@on_duty("workforce")
def leaves_since(user):
    return Mentor.objects.filter(user=user).values_list("leaves_since", flat=True).first()


@on_duty("workforce", "mentoring")
@transaction.atomic
def lead(mentor, to, *, by, at):
    """Another supervisor watches over this mentor from now on: one without a team joins hers and leads it whole, one
    with a team takes the mentor into it. The rows of access follow, for each of the youth."""
    moves = mentor.user if to.team_id else to
    moves.team_id = to.team_id or mentor.user.team_id
    join_team(moves)
    change_hands(moves, by=by, at=at)


@on_duty("accounts")
def join_team(user):
    user.save(update_fields=["team"])


@on_duty("workforce", "mentoring")
@transaction.atomic
def come_back(user):
    """A mentor who was here before shadows first; one whose youth are still with them goes on with them."""
    mentor = Mentor.objects.filter(user=user, status=MentorStatus.DEPARTED).first()
    if mentor is None:
        return
    stays(user)
    lived = mentor.mentorships.filter(status__in=LIVED).exists()
    for step in (MentorStatus.READY, MentorStatus.ACTIVE) if lived else (MentorStatus.SHADOWING,):
        move_mentor(mentor, step)
