"""The locked screen and the way back; and the question whether it is still them."""

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from mlmc.core import audit
from mlmc.core.door import carried, gate, passkeys, signing_in
from mlmc.core.door.carried import go_on, onward
from mlmc.core.door.forms import CodeForm, UnlockForm
from mlmc.core.door.gate import open_while
from mlmc.core.views.door import REFUSED, with_error

UNLOCK = "sign_in.unlock"  # counted by itself: whoever holds a locked phone slows down nobody's sign-in


@open_while(gate.LOCKED)
def lock(request):
    """Lock this screen now: the page does it when nobody touched it, or somebody walks away. What stood in an open
    form goes along, and is on no screen any more."""
    if request.method != "POST":
        if request.session.is_locked(at=timezone.now()):
            return gate.show_lock(request, onward(request))
        return redirect("home")
    request.session.know(locked_at=timezone.now())
    return gate.show_lock(request, onward(request) | {"carried": carried.from_request(request, request.user.pk)})


@open_while(gate.LOCKED)
@sensitive_post_parameters("password")
def unlock(request):
    now = timezone.now()
    if not request.session.is_locked(at=now):
        return go_on(request)
    by_passkey = "credential" in request.POST
    form = UnlockForm(None if by_passkey or request.method != "POST" else request.POST)
    try:
        if by_passkey:
            own_passkey(request, at=now)
            return passed(request, locked=True, at=now)
        if form.is_valid():
            own_password(request, form.cleaned_data["password"], at=now)
            request.session.cycle_key()
            request.session.know(last_seen_at=now, locked_at=None)
            audit.say(audit.SIGN_IN, why="unlocked")
            return go_on(request, locked=True)
    except REFUSED as problem:
        form = with_error(UnlockForm, problem)
    return gate.show_lock(request, onward(request), form)


@sensitive_post_parameters("code")
def confirm(request):
    """Is it still you? A passkey or a code, within the last five minutes, for what must not be done by anybody who
    finds an open screen."""
    now = timezone.now()
    by_passkey = "credential" in request.POST
    form = CodeForm(None if by_passkey or request.method != "POST" else request.POST)
    try:
        if by_passkey:
            own_passkey(request, at=now)
            return passed(request, at=now)
        if form.is_valid():
            signing_in.check_code(request, request.user, form.cleaned_data["code"], at=now)
            return passed(request, at=now)
    except REFUSED as problem:
        form = with_error(CodeForm, problem)
    return gate.show_question(request, onward(request), form)


def own_passkey(request, *, at):
    asked = request.session.pop(passkeys.ASKED, None)
    passkey = passkeys.check(request.POST["credential"], asked=asked, at=at)
    if passkey.user_id != request.user.pk:
        raise passkeys.NotThisPasskey(passkeys.WRONG)


def own_password(request, password, *, at):
    signing_in.check(request, email=request.user.email, password=password, at=at, kind=UNLOCK)


def passed(request, *, at, locked=False):
    request.session.prove(at=at)
    audit.say(audit.SIGN_IN, why="unlocked" if locked else "proved it is still them")
    return go_on(request, locked=locked)
