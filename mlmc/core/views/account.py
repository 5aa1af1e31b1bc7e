"""One's own account: what proves that it is you, where you are signed in, and what changed lately."""

from urllib.parse import urlsplit

import pyotp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mlmc.core import audit, people
from mlmc.core.access import fresh_factor
from mlmc.core.door import devices, factors, gate, passkeys, sessions, signing_in
from mlmc.core.door.forms import AppForm, EmailForm, PasskeyForm, PasswordForm
from mlmc.core.door.gate import open_while
from mlmc.core.door.setting_up import new_secret, picture, sealed_secret, secret_in
from mlmc.core.models import AuthenticatorApp


@require_safe
def account(request):
    return show_account(request)


def show_account(request, **forms):
    user, now = request.user, timezone.now()
    context = {
        "passkeys": user.passkeys.order_by("made_at"),
        "app": AuthenticatorApp.objects.filter(user=user).first(),
        "codes_left": factors.recovery_codes_left(user),
        "sessions": signing_in.sessions_of(user, at=now),
        "this_session": request.session.row.pk,
        "devices": user.devices.order_by("-first_seen_at")[:5],
        "email_form": EmailForm(initial={"email": user.email}),
        "password_form": PasswordForm(user=user),
        "passkey_form": PasskeyForm(initial={"name": ""}),
        "site": settings.SITE_URL,
        **forms,
    }
    context["form"] = next((form for form in forms.values() if form.errors), None)
    return render(request, "core/account.html", context)


@open_while(gate.UNPROVEN)
@require_safe
def set_up(request):
    """The one page for whoever has no second factor yet."""
    if request.session.row.factor_at is not None:
        return redirect("core:account")
    if factors.has_any(request.user):  # set up elsewhere meanwhile: then it is asked for
        logout(request)
        return redirect("core:sign_in")
    name = devices.in_words(request.headers.get("User-Agent", ""))
    return render(
        request, "core/set_up.html", {"form": PasskeyForm(initial={"name": name}), "site": settings.SITE_URL}
    )


@open_while(gate.UNPROVEN)
@require_POST
@fresh_factor
def passkey_new(request):
    """What the browser needs to make a passkey."""
    return JsonResponse(passkeys.ask_for_new(request.session, request.user))


@open_while(gate.UNPROVEN)
@require_POST
@fresh_factor
def passkey_add(request):
    form = PasskeyForm(request.POST)
    if form.is_valid():
        asked, answer = request.session.pop(passkeys.ASKED, None), form.cleaned_data["credential"]
        try:
            name = form.cleaned_data["name"]
            passkeys.add(request.user, answer, asked=asked, name=name, at=timezone.now())
        except passkeys.NotThisPasskey as problem:
            form.add_error(None, str(problem))
        else:
            return added(request, "Your passkey is added.")
    if request.session.row.factor_at is None:
        return render(request, "core/set_up.html", {"form": form, "site": settings.SITE_URL})
    return show_account(request, passkey_form=form)


@open_while(gate.UNPROVEN)
@fresh_factor
@sensitive_post_parameters("code", "setup")
def app(request):
    """The square to photograph with an authenticator app, and the first numbers it shows."""
    secret = secret_in(request.POST.get("setup", ""), request.user) or new_secret()
    form = AppForm(request.POST or None)
    if form.is_valid():
        if factors.add_app(request.user, secret, form.cleaned_data["code"], at=timezone.now()):
            return added(request, "Your authenticator app is added.")
        form.add_error("code", "These are not the numbers it shows now. Wait for the next ones.")
    where = urlsplit(settings.SITE_URL).hostname
    link = pyotp.TOTP(secret).provisioning_uri(name=request.user.email, issuer_name=where)
    context = {"form": form, "picture": picture(link), "secret": secret}
    return render(request, "core/app.html", context | {"setup": sealed_secret(secret, request.user)})


def added(request, said):
    """A factor more: it is proven by that, every other session ends, and the first one brings ten codes along."""
    now, first = timezone.now(), request.session.row.factor_at is None
    request.session.prove(at=now)
    sessions.end_others(request.user, but=request.session.session_key)
    audit.say(audit.SIGN_IN, why="a second factor was added")
    if not first and factors.recovery_codes_left(request.user):
        messages.success(request, said)
        return redirect("core:account")
    response = show_codes(request, said)
    return signing_in.know_device(request, response, at=now, tell=False) if first else response


def show_codes(request, said=""):
    codes = factors.new_recovery_codes(request.user)
    return render(request, "core/codes.html", {"codes": codes, "said": said})


@require_POST
@fresh_factor
def codes(request):
    audit.say(audit.SIGN_IN, why="new recovery codes")
    sessions.end_others(request.user, but=request.session.session_key)
    return show_codes(request)


@require_POST
@fresh_factor
def passkey_remove(request, pk):
    return remove(request, get_object_or_404(request.user.passkeys, pk=pk), "The passkey is removed.")


@require_POST
@fresh_factor
def app_remove(request):
    factor = get_object_or_404(AuthenticatorApp, user=request.user)
    return remove(request, factor, "The authenticator app is removed.")


def remove(request, factor, said):
    try:
        factors.remove(factor, but=request.session.session_key)
    except factors.LastFactor as problem:
        messages.error(request, str(problem))
    else:
        audit.say(audit.SIGN_IN, why="a second factor was removed")
        messages.success(request, said)
    return redirect("core:account")


@require_POST
@fresh_factor(reading=False)
@sensitive_post_parameters("password", "again")
def password(request):
    form = PasswordForm(request.POST, user=request.user)
    if not form.is_valid():
        return show_account(request, password_form=form)
    people.change_password(request, form.cleaned_data["password"])
    audit.say(audit.SIGN_IN, why="a new password")
    messages.success(request, "Your password is changed. Other devices are signed out.")
    return redirect("core:account")


@require_POST
@fresh_factor
def email(request):
    form = EmailForm(request.POST)
    if form.is_valid():
        try:
            people.change_email(request, form.cleaned_data["email"])
        except people.NotPossible as problem:
            form.add_error("email", str(problem))
        else:
            audit.say(audit.SIGN_IN, why="a new e-mail")
            messages.success(request, "Your e-mail is changed. Other devices are signed out.")
            return redirect("core:account")
    return show_account(request, email_form=form)


@require_POST
def session_end(request):
    """Sign out another device of one's own, or all of them. It takes no proof: stopping is always safe."""
    which = request.POST.get("session", "")
    if which:
        ended = sessions.end_one(request.user, which, but=request.session.session_key)
    else:
        ended = sessions.end_others(request.user, but=request.session.session_key)
    audit.say(audit.SIGN_IN, why="signed out another device")
    messages.success(request, "Signed out there." if ended else "Nothing was signed in there any more.")
    return redirect("core:account")
