"""The front door: who may come in, how long to wait after wrong tries, and what is known of them from then on."""

from datetime import timedelta

from django.contrib.auth import authenticate, login
from django.db import transaction

from mlmc.core import audit, outbox, throttle
from mlmc.core.context import Actor, on_duty
from mlmc.core.door import devices, factors
from mlmc.core.door.sessions import LASTS
from mlmc.core.models import Session, User

ACCOUNT, CODE, ADDRESS = "sign_in.account", "sign_in.code", "sign_in.address"
FREE, FREE_ADDRESS = 5, 30  # wrong tries before anybody waits
WAITING, WAITS_FOR = "waiting", timedelta(minutes=15)  # for a code, after the right password
BACKEND = "django.contrib.auth.backends.ModelBackend"


class TooManyTries(Exception):
    """Wait a while. The message is fit for the user and the same for every account, known or not."""


class Wrong(Exception):
    """The e-mail, the password or the code is not right; which of them is nobody's business."""


def doors(request, email, kind):
    """What a try is counted on, as (kind, who, free tries): the account, and where it comes from.

    Whoever uses a device they have signed in with before is counted on that device alone. So somebody who tries an
    account from outside slows down everybody but its owner.
    """
    token = devices.token_of(request)
    if devices.is_known(token, email):
        return [(kind, f"{email} {token}", FREE)]
    return [(kind, email, FREE), (ADDRESS, request.META["REMOTE_ADDR"], FREE_ADDRESS)]


def wait_here(tried, *, at):
    for kind, who, free in tried:
        within = throttle.AN_HOUR if kind == ADDRESS else throttle.A_DAY
        alone = kind == ADDRESS or throttle.one_at_a_time(kind, who)
        if not alone or throttle.opens_at(kind, who, at=at, free=free, within=within) > at:
            audit.say(audit.DENY, why="sign-in: too many tries")
            raise TooManyTries("Too many tries. Wait a while, then try again. A passkey always works.")


def count(tried, *, at):
    for kind, who, _ in tried:
        throttle.knock(kind, who, at=at)


@on_duty("accounts")
@transaction.atomic
def forgive(request, email, *, typed=True):
    """Somebody is in. What their own account and device were counted for is over; what others tried is not theirs: who
    typed nothing, because a passkey was enough, was counted on a device of theirs or not at all."""
    if typed or devices.is_known(devices.token_of(request), email):
        for kind in (ACCOUNT, CODE):
            throttle.forgive(kind, doors(request, email, kind)[0][1])


def check(request, *, email, password, at, kind=ACCOUNT):
    """The user this e-mail and password belong to. One hash is computed whether there is such a user or not."""
    email = email.lower()
    tried = doors(request, email, kind)
    wait_here(tried, at=at)
    with on_duty("accounts"):  # a hash made with weaker parameters than today's is made anew
        user = authenticate(request, username=email, password=password)
    if user is None:
        count(tried, at=at)
        audit.say(audit.DENY, why="sign-in: wrong e-mail or password")
        raise Wrong(f"The {'e-mail or the ' if kind == ACCOUNT else ''}password is not right.")
    return user


def check_code(request, user, words, *, at):
    """Six numbers of the app, or a recovery code, of somebody whose password was right."""
    tried = doors(request, user.email, CODE)
    wait_here(tried, at=at)
    if not factors.check_code(user, words, at=at):
        count(tried, at=at)
        audit.say(audit.DENY, why="sign-in: wrong code", record=user.pk)
        raise Wrong("This code is not right, or it was used already. Wait for the next one.")
    forgive(request, user.email)


def ask_for_code(request, user, *, at):
    """The password was right. The session knows for whom it waits, and nobody is signed in yet."""
    request.session.flush()
    request.session[WAITING] = {"user": str(user.pk), "hash": user.get_session_auth_hash()}
    request.session.save()
    request.session.know(ends_at=at + WAITS_FOR)


def waiting(request):
    """Who has given the right password in this browser and may still give a code, or None."""
    held = request.session.get(WAITING)
    user = User.objects.filter(pk=held["user"], is_active=True).first() if held else None
    return user if user and user.get_session_auth_hash() == held["hash"] else None


@on_duty("accounts")
@transaction.atomic
def let_in(request, user, *, how, at, proven=True):
    """Signed in, under a session of their own. `how` is our own word for the trail. Without a second factor yet it
    opens the page where one is set up, and nothing else."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    agent = request.headers.get("User-Agent", "")
    request.session.know(
        began_at=at,
        last_seen_at=at,
        ends_at=at + LASTS,
        factor_at=at if proven else None,
        device=devices.in_words(agent),
        is_phone=devices.is_phone(agent),
    )
    audit.from_now_on(Actor.of(user))
    audit.say(audit.SIGN_IN, why=how)


@on_duty("accounts")
@transaction.atomic
def know_device(request, response, *, at, tell=True):
    """From now on this browser is known as one of theirs. If it is new, they are told: it may not have been them."""
    words = devices.in_words(request.headers.get("User-Agent", ""))
    token, device, is_new = devices.remember(request.user, token=devices.token_of(request), words=words, at=at)
    if is_new and tell:
        outbox.enqueue("news", to=request.user, about=f"device {device.pk}", due_at=at)
    return devices.give(response, token)


def sessions_of(user, *, at):
    """Where somebody is signed in now, the latest first."""
    return Session.objects.filter(user=user, ends_at__gt=at).order_by("-last_seen_at")
