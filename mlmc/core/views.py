"""Signing in, and the page behind an invitation."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mlmc.core import harvest, people, signing_in
from mlmc.core.context import on_duty, under
from mlmc.core.door_forms import PasswordForm, SignInForm


@login_not_required  # nobody is signed in yet
@under("door")
@sensitive_post_parameters("password")
def sign_in(request):
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            address = request.META["REMOTE_ADDR"]
            user = signing_in.check(request, address=address, at=timezone.now(), **form.cleaned_data)
        except (signing_in.Wrong, signing_in.TooManyTries) as problem:
            form.add_error(None, str(problem))
        else:
            with on_duty("accounts"):  # it keeps when somebody signed in last
                login(request, user)
            return HttpResponseRedirect(_back(request))
    return render(request, "core/sign_in.html", {"form": form, "next": request.GET.get("next", "")})


def _back(request, *, name="next"):
    """Where somebody was going before they had to sign in, if it is here."""
    there = request.POST.get(name, "")
    here = there.startswith("/") and url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()})
    return there if here else reverse("home")


@login_not_required  # the link is the proof
@under("door")
@sensitive_post_parameters("password", "again")
def join(request, token):
    invitation = people.invitation_for(token, at=timezone.now())
    if invitation is None:
        raise Http404
    form = PasswordForm(request.POST or None, user=invitation.user)
    if form.is_valid():
        user = people.accept(invitation, password=form.cleaned_data["password"], at=timezone.now())
        with on_duty("accounts"):
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("home")
    return render(request, "core/join.html", {"form": form})


@require_POST
def further_look(request):
    """Why somebody needs to open more youth; then back to the one they were about to open."""
    now, form, back = timezone.now(), harvest.ReasonForm(request.POST), _back(request, name="back")
    _, _, reasons = harvest.opened_lately(request.user, record="", at=now)
    if not form.is_valid() or reasons >= harvest.MOST_REASONS:
        return harvest.ask(request, form, back=back, reasons=reasons)
    harvest.give_reason(request.user, form.cleaned_data["words"], at=now)
    return HttpResponseRedirect(back)
