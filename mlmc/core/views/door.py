"""Signing in, by passkey or by password and code; signing out; and the page behind an invitation."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mlmc.core import people
from mlmc.core.context import under
from mlmc.core.door import factors, gate, passkeys, signing_in
from mlmc.core.door.carried import go_on, onward
from mlmc.core.door.forms import CodeForm, PasswordForm, SignInForm
from mlmc.core.door.gate import open_while

REFUSED = (signing_in.Wrong, signing_in.TooManyTries, passkeys.NotThisPasskey)


def with_error(form_class, problem):
    """An empty form with what was wrong above it."""
    form = form_class({})
    form.errors.clear()
    form.add_error(None, str(problem))
    return form


@login_not_required  # nobody is signed in yet
@under("door")
@sensitive_post_parameters("password")
def sign_in(request):
    now, form = timezone.now(), SignInForm(request.POST or None)
    if form.is_valid():
        try:
            user = signing_in.check(request, at=now, **form.cleaned_data)
        except REFUSED as problem:
            form.add_error(None, str(problem))
        else:
            if factors.has_any(user):
                signing_in.ask_for_code(request, user, at=now)
                return render(request, "core/code.html", {"form": CodeForm(), **onward(request)})
            signing_in.let_in(request, user, how="password, no second factor yet", at=now, proven=False)
            return redirect("core:set_up")
    return render(request, "core/sign_in.html", {"form": form, **onward(request)})


@login_not_required  # half signed in: the session knows who gave the right password
@under("door")
@sensitive_post_parameters("code")
def sign_in_code(request):
    now, user = timezone.now(), signing_in.waiting(request)
    if user is None:
        return redirect("core:sign_in")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            signing_in.check_code(request, user, form.cleaned_data["code"], at=now)
        except REFUSED as problem:
            form.add_error(None, str(problem))
        else:
            signing_in.let_in(request, user, how="password and code", at=now)
            return signing_in.know_device(request, go_on(request), at=now)
    return render(request, "core/code.html", {"form": form, **onward(request)})


@login_not_required  # a passkey is asked for before anybody is signed in
@under("door")
@require_POST
def passkey_begin(request):
    """What the browser needs to ask the device for a passkey: to sign in, to unlock, to prove it is still them."""
    now = timezone.now()
    asked = passkeys.ask_for_one(request.session)
    if not request.user.is_authenticated:
        request.session.save()
        request.session.know(ends_at=now + signing_in.WAITS_FOR)
    return JsonResponse(asked)


@login_not_required  # the passkey is the proof
@under("door")
@require_POST
def passkey_sign_in(request):
    now = timezone.now()
    try:
        passkey = passkeys.check(
            request.POST.get("credential", ""), asked=request.session.pop(passkeys.ASKED, None), at=now
        )
    except passkeys.NotThisPasskey as problem:
        return render(request, "core/sign_in.html", {"form": with_error(SignInForm, problem), **onward(request)})
    signing_in.let_in(request, passkey.user, how="passkey", at=now)
    signing_in.forgive(request, passkey.user.email, typed=False)
    return signing_in.know_device(request, go_on(request), at=now)


@never_cache
@require_POST
@open_while(gate.LOCKED, gate.UNPROVEN)
def sign_out(request):
    """The session ends on the server; the browser throws away what it kept of ours, but not that it is known here."""
    logout(request)
    response = redirect("core:sign_in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required  # the link is the proof
@under("door")
@sensitive_post_parameters("password", "again")
def join(request, token):
    now, invitation = timezone.now(), people.invitation_for(token, at=timezone.now())
    if invitation is None:
        raise Http404
    form = PasswordForm(request.POST or None, user=invitation.user)
    if form.is_valid():
        user = people.accept(invitation, password=form.cleaned_data["password"], at=now)
        signing_in.let_in(request, user, how="a link from somebody who manages people", at=now, proven=False)
        return redirect("core:set_up")
    return render(request, "core/join.html", {"form": form})
