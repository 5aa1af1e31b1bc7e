"""A new director or admin takes two: one person asks, another says yes. Nobody raises anybody alone.

So does each role of a key for a program of somebody else: until then it opens nothing.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from mlmc.core import outbox
from mlmc.core.context import on_duty
from mlmc.core.models import Integration, Invitation, Role, RoleRequest, User

NEVER_NONE = (Role.ADMIN, Role.DIRECTOR)  # who lets people in; without one of each nobody could again
LINK_COUNTS_FOR = timedelta(days=7)  # so long whoever made somebody's way in may still be the one behind it
LINKED = "Whoever asked made your way in here, less than a week ago. Somebody else has to say yes or no to this."


class NotYours(Exception):
    """Somebody else has to answer, or somebody has. The message is fit for the user."""


@on_duty("accounts")
@transaction.atomic
def ask(user, roles, *, by, at):
    """Each of these roles waits for a second yes; whoever may say it is told. Asking twice is asking once."""
    for role in sorted(roles):
        if not RoleRequest.objects.filter(user=user, role=role, answered_at=None).exists():
            request = RoleRequest.objects.create(user=user, role=role, asked_by=by, asked_at=at)
            tell_the_others(about=request.pk, but=by, at=at)


def tell_the_others(*, about, but, at):
    for person in second_people(but=but):
        outbox.enqueue("news", to=person, about=about, due_at=at)


def second_people(*, but):
    """Whoever may say the second yes: those who let people in, without who asked."""
    rows = User.objects.people().filter(is_active=True, roles__overlap=list(NEVER_NONE)).order_by("name", "pk")
    return [person for person in rows if person != but]


@on_duty("accounts")
@transaction.atomic
def take_back(user, *, by, at):
    """What still waits for them is not asked any more."""
    RoleRequest.objects.filter(user=user, answered_at=None).update(answered_by=by, answered_at=at)


@on_duty("accounts")
def waiting(user):
    """What waits for a second yes, the oldest first; `may_answer` where this person may say it."""
    rows = RoleRequest.objects.filter(answered_at=None).select_related("user__integration", "asked_by")
    theirs = to_answer(user, at=timezone.now()).filter(pk=OuterRef("pk"))
    return list(rows.annotate(may_answer=Exists(theirs)).order_by("asked_at", "pk"))


def to_answer(user, *, at):
    """Those of them this person may answer; to be read under the duty `accounts`."""
    return not_ones_own(RoleRequest.objects.filter(answered_at=None), user, at=at).exclude(user=user)


def not_ones_own(rows, user, *, at):
    """What somebody else asked who is surely not this person. See is_another."""
    links = Invitation.objects.filter(user=user, made_at__gt=at - LINK_COUNTS_FOR).exclude(used_at=None)
    return rows.exclude(asked_by=user).exclude(asked_by__in=links.values("by"))


@on_duty("accounts")
def waits_for(user):
    """The names of the roles somebody is to have by a second yes."""
    rows = RoleRequest.objects.filter(user=user, answered_at=None).order_by("role")
    return [Role(role).label for role in rows.values_list("role", flat=True)]


@on_duty("accounts")
def about_programs():
    """{program's user id: what was asked for it}, answered or not, the oldest first."""
    rows = RoleRequest.objects.filter(user__is_program=True).select_related("answered_by").order_by("asked_at", "pk")
    found = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(row)
    return found


@on_duty("accounts")
def is_another(person, *, than, at):
    """Whether this is surely not whoever asked: a link into somebody's account opens it for who made it, too."""
    links = Invitation.objects.filter(user=person, by=than, made_at__gt=at - LINK_COUNTS_FOR)
    return person.pk != than.pk and not links.exclude(used_at=None).exists()


@on_duty("accounts")
@transaction.atomic
def answer(pk, yes, *, by, at):
    """The second person's word; returns the request with it. Who asked, and who it is about, are not the second
    person."""
    rows = RoleRequest.objects.filter(pk=pk, answered_at=None)
    request = rows.select_for_update(of=("self",)).select_related("user", "asked_by").first()
    if request is None:
        raise NotYours("Somebody has answered this already.")
    if by.pk in (request.asked_by_id, request.user_id) or not by.has_role(*NEVER_NONE):
        raise NotYours("Somebody else has to say yes or no to this.")
    if not is_another(by, than=request.asked_by, at=at):
        raise NotYours(LINKED)
    asker = request.asked_by
    if yes and not (asker.is_active and asker.has_role(*NEVER_NONE)):
        raise NotYours("Whoever asked may no longer do so. Say no, and ask anew.")
    request.answered_by, request.answered_at, request.granted = by, at, yes
    request.save(update_fields=["answered_by", "answered_at", "granted"])
    if yes:
        holder = holder_of(request.user)
        holder.roles = [role for role in Role.values if role in {*holder.roles, request.role}]
        holder.save(update_fields=["roles"])
    return request


def holder_of(user):
    """The row that holds their roles: their own, or the key of a program."""
    if user.is_program:
        return Integration.objects.select_for_update(of=("self",)).get(user=user)
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)
