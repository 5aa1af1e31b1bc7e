"""Who works here: inviting, welcoming, changing roles, switching off. The last director and admin stay."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth import update_session_auth_hash
from django.db import IntegrityError, transaction

from mlmc.core import outbox, raising
from mlmc.core.context import on_duty
from mlmc.core.door import factors, sessions
from mlmc.core.models import Invitation, KnownDevice, Role, User
from mlmc.core.raising import NEVER_NONE

INVITED_FOR = timedelta(days=7)
BACK_FOR = timedelta(minutes=30)  # for somebody who was here before: the link replaces all they had


class NotPossible(Exception):
    """What was asked would lock the program or its rights. The message is fit for the user."""


@on_duty("accounts")
@transaction.atomic
def invite(email, *, name, roles, by, at, team=None, on_council=False):
    """A new person and the token of a single-use link, which is shown once: only its hash is kept."""
    if User.objects.filter(email=email.lower()).exists():
        raise NotPossible("Somebody with this e-mail is here already.")
    now = [role for role in roles if role not in NEVER_NONE]
    user = User(email=email.lower(), name=name, roles=now, team=team, on_council=on_council, invited_at=at)
    user.set_unusable_password()
    user.save()
    raising.ask(user, set(roles) - set(now), by=by, at=at)
    return user, new_link(user, by=by, at=at)


@on_duty("accounts")
@transaction.atomic
def expect(people, *, at):
    """People who are known here before they are invited: nobody can sign in as them until somebody makes a link.

    `people`: [(e-mail, name, roles, team)]. Directors and admins are never made so.
    """
    users = [
        User(email=email.lower(), name=name, roles=[one for one in roles if one not in NEVER_NONE], team=team)
        for email, name, roles, team in people
    ]
    for user in users:
        user.invited_at = at
        user.set_unusable_password()
    return User.objects.bulk_create(users)


@on_duty("accounts")
@transaction.atomic
def new_link(user, *, by, at):
    """A new single-use link for somebody; older ones end. The way back in for a lost phone or password, too: then
    what they had opens nothing any more, and whoever has the link sets up a second factor before anything else."""
    if not user.is_active:
        raise NotPossible("This person is switched off. Switch them on first.")
    user.invitations.filter(used_at=None, ends_at__gt=at).update(ends_at=at)
    lasts = BACK_FOR if was_here(user) else INVITED_FOR
    if was_here(user):  # a password left behind would lead to that same page, without the link
        user.set_unusable_password()
        user.save(update_fields=["password"])
        factors.forget_all(user)
        outbox.enqueue("news", to=user, about=f"link {at.isoformat()}", due_at=at)  # it may not have been their wish
    if user.has_role(*NEVER_NONE):  # whoever has the link is a director or an admin: the others hear of it
        raising.tell_the_others(about=f"link {at.isoformat()}", but=by, at=at)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(user=user, token_hash=hashed(token), by=by, made_at=at, ends_at=at + lasts)
    return token


def was_here(user):
    return user.has_usable_password() or factors.has_any(user)


def hashed(token):
    return hashlib.sha256(token.encode()).digest()


@on_duty("accounts")
def invitation_for(token, *, at):
    """The invitation a link still opens, or None: used, ended and never made look the same."""
    return (
        Invitation.objects.select_related("user")
        .filter(token_hash=hashed(token), used_at=None, ends_at__gt=at, user__is_active=True)
        .first()
    )


@on_duty("accounts")
@transaction.atomic
def accept(invitation, *, password, at):
    """Choose a password; the link is used up, and whoever was signed in as this person no longer is."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if invitation.used_at:
        raise NotPossible("This link has been used.")
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    user = invitation.user
    user.set_password(password)
    user.save(update_fields=["password"])
    sign_out_everywhere(user)
    return user


@on_duty("accounts")
@transaction.atomic
def change(user, *, roles, team, on_council, by, at):
    """Give somebody other roles or another team. Nobody changes their own, and nobody makes a director or an
    admin alone: that waits for a second yes."""
    now = User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # of two at once the second waits
    user.roles, user.team = now.roles, now.team
    if user.pk == by.pk and (set(roles), team) != (set(user.roles), user.team):
        raise NotPossible("Somebody else has to change your own roles and your own team.")
    for role in set(user.roles) - set(roles):
        _keep_one(role, without=user)
    raised = set(roles) & set(NEVER_NONE) - set(user.roles)
    raising.ask(user, raised, by=by, at=at)
    user.roles = [role for role in roles if role not in raised]
    user.team, user.on_council = team, on_council
    user.save(update_fields=["roles", "team", "on_council"])
    return user


@on_duty("accounts")
@transaction.atomic
def switch_off(user, *, at):
    """Somebody leaves. They are signed out everywhere; what they did keeps their name."""
    for role in user.roles:
        _keep_one(role, without=user)
    user.is_active, user.switched_off_at = False, at
    user.save(update_fields=["is_active", "switched_off_at"])
    user.invitations.filter(used_at=None).update(ends_at=at)
    sign_out_everywhere(user)
    return user


@on_duty("accounts")
@transaction.atomic
def switch_on(user, *, by, at):
    """The door stays open. Access to cases does not come back by itself, and a director or an admin takes two, again:
    returns which of those roles wait."""
    raised = [role for role in NEVER_NONE if role in user.roles]
    user.is_active, user.switched_off_at = True, None
    user.roles = [role for role in user.roles if role not in raised]
    user.save(update_fields=["is_active", "switched_off_at", "roles"])
    raising.ask(user, raised, by=by, at=at)
    return raised


@on_duty("accounts")
@transaction.atomic
def change_password(request, password):
    """A password of one's own choice; every other device is signed out by it."""
    user = request.user
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)  # a new key for this session, too
    sessions.end_others(user, but=request.session.session_key)


@on_duty("accounts")
@transaction.atomic
def change_email(request, email):
    user = request.user
    user.email = email.lower()
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError:
        user.refresh_from_db(fields=["email"])
        raise NotPossible("Somebody with this e-mail is here already.") from None
    request.session.cycle_key()
    sessions.end_others(user, but=request.session.session_key)


@on_duty("accounts")
@transaction.atomic
def hide_hint(user, name):
    """A sentence for a first visit was read."""
    user.hints_hidden = sorted({*user.hints_hidden, name})
    user.save(update_fields=["hints_hidden"])


@on_duty("accounts")
@transaction.atomic
def sign_out_everywhere(user):
    """Their sessions end, and no browser counts as known any more: the one that was lost neither."""
    sessions.end_others(user)
    KnownDevice.objects.filter(user=user).delete()


def _keep_one(role, *, without):
    """The rows are locked, so that two people do not switch each other off at the same moment."""
    if role in NEVER_NONE:
        holders = User.objects.with_role(role).select_for_update(of=("self",)).order_by("pk")
        if without.pk in {user.pk for user in holders} and len(holders) == 1:
            raise NotPossible(f"This is the last {Role(role).label}. Give the role to somebody else first.")
