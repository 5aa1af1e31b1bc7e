"""Who works here. For the system admin and the director; neither reads a case here."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mentors import workforce
from mlmc.core import people
from mlmc.core.access import only
from mlmc.core.models import Role, User
from mlmc.people import leaving
from mlmc.people.forms import InviteForm, LeaveForm, PersonForm

may_manage = only(Role.ADMIN, Role.DIRECTOR)


@require_safe
@may_manage
def person_list(request):
    everybody = User.objects.select_related("team").order_by("-is_active", "name", "pk")
    return render(request, "people/person_list.html", {"people": everybody})


@may_manage
def invite(request):
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            user, token = people.invite(by=request.user, at=timezone.now(), **form.cleaned_data)
        except people.NotPossible as problem:
            form.add_error("email", str(problem))
        else:
            workforce.welcome(user, by=request.user, at=timezone.now())
            return render(request, "people/link.html", {"someone": user, "token": token})
    return render(request, "people/invite.html", {"form": form})


@may_manage
def person(request, pk):
    someone = get_object_or_404(User, pk=pk)
    known = {"roles": someone.roles, "team": someone.team, "on_council": someone.on_council}
    form = PersonForm(request.POST or None, initial=known)
    if form.is_valid():
        try:
            people.change(someone, by=request.user, **form.cleaned_data)
        except people.NotPossible as problem:
            form.add_error("roles", str(problem))
        else:
            workforce.welcome(someone, by=request.user, at=timezone.now())
            messages.success(request, "Saved.")
            return redirect("people:people")
    return render(request, "people/person.html", {"someone": someone, "form": form})


@require_POST
@may_manage
def new_link(request, pk):
    someone = get_object_or_404(User, pk=pk)
    try:
        token = people.new_link(someone, by=request.user, at=timezone.now())
    except people.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect("people:person", pk=pk)
    return render(request, "people/link.html", {"someone": someone, "token": token})


@may_manage
def leave(request, pk):
    someone = get_object_or_404(User, pk=pk, is_active=True)
    form = LeaveForm(request.POST or None, leaving=someone)
    if form.is_valid():
        try:
            leaving.leave(someone, to=form.cleaned_data["to"], by=request.user, at=timezone.now())
        except (people.NotPossible, leaving.StillOpen) as problem:
            form.add_error("to", str(problem))
        else:
            messages.success(request, f"{someone.name} is switched off.")
            return redirect("people:people")
    context = {"someone": someone, "form": form, "open": leaving.what_is_open(someone)}
    return render(request, "people/leave.html", context)


@require_POST
@may_manage
def come_back(request, pk):
    someone = people.switch_on(get_object_or_404(User, pk=pk, is_active=False))
    messages.success(request, f"{someone.name} can be given a link again.")
    return redirect("people:person", pk=pk)
