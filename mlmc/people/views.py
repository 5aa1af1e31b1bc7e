"""Who works here. For the system admin and the director; neither reads a case here."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mentors import workforce
from mentors.models import Leave
from mlmc.core import audit, people, raising
from mlmc.core.access import fresh_factor, only
from mlmc.core.api import scopes
from mlmc.core.colleagues import are_many
from mlmc.core.models import Role, Team, User
from mlmc.people import everybody, rights, roles, teams
from mlmc.people.forms import FindForm, InviteForm, PersonForm, TeamForm

may_manage = only(Role.ADMIN, Role.DIRECTOR)


@require_safe
@may_manage
def person_list(request):
    return show_people(request)


@require_POST
@may_manage
def person_find(request):
    """Somebody by name or e-mail, where there are many: what is looked for is posted, and stands in no address."""
    form = FindForm(request.POST, people=User.objects.people())
    if not form.is_valid():
        return show_people(request, form)
    return redirect("people:person", form.cleaned_data["person"].pk)


def show_people(request, find=None):
    role = request.GET.get("role") if request.GET.get("role") in Role.values else ""
    after = everybody.place(request.GET.get("after"))
    people, last = everybody.page(everybody.in_order(role), after=after)
    away = Leave.objects.filter(person__in=people).by_person(timezone.now())
    requests = raising.waiting(request.user)
    waits = {one.user_id for one in requests}
    for someone in people:
        someone.leave, someone.waits = away.get(someone.pk), someone.pk in waits
    for one in requests:
        one.scope_words = scopes.words_of(one.user.integration.scopes) if one.user.is_program else []
    all_of_them = User.objects.people()
    find = find or (FindForm(people=all_of_them) if are_many(all_of_them) else None)
    context = {"people": people, "requests": requests, "role": Role(role) if role else None, "find": find}
    context |= {"next": last, "begun": after is not None}
    return render(request, "people/person_list.html", context)


@require_safe
@may_manage
def who_can(request):
    return render(request, "people/rights.html", {"rights": rights.of_every_role()})


@may_manage
@fresh_factor(reading=False)
def team_list(request):
    form = TeamForm(request.POST or None)
    if form.is_valid():
        teams.add(form.cleaned_data["name"])
        messages.success(request, "The team is there. Choose it where you invite somebody, or on their page.")
        return redirect("people:teams")
    return render(request, "people/team_list.html", {"teams": teams.with_people(), "form": form})


@may_manage
@fresh_factor(reading=False)
def team_rename(request, pk):
    team = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, initial={"name": team.name})
    if form.is_valid():
        teams.rename(team, form.cleaned_data["name"])
        messages.success(request, "Saved.")
        return redirect("people:teams")
    return render(request, "people/team_form.html", {"team": team, "form": form})


@require_POST
@may_manage
@fresh_factor
def role_answer(request, pk):
    """A second person says yes or no to a new director or admin."""
    try:
        asked = raising.answer(pk, "yes" in request.POST, by=request.user, at=timezone.now())
    except raising.NotYours as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, answered(asked))
    return redirect("people:people")


def answered(asked):
    name, role = asked.user.name, asked.get_role_display()
    if asked.user.is_program:
        return f"{name} {'may' if asked.granted else 'may not'} see what the {role} sees."
    return f"{name} is {role} from now on." if asked.granted else f"Not given: {name} does not become {role}."


@may_manage
@fresh_factor(reading=False)
def invite(request):
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            user, token = people.invite(by=request.user, at=timezone.now(), **form.cleaned_data)
        except people.NotPossible as problem:
            form.add_error("email", str(problem))
        else:
            workforce.welcome(user, by=request.user, at=timezone.now())
            return show_link(request, user, token, lasts=people.INVITED_FOR)
    return render(request, "people/invite.html", {"form": form})


def show_link(request, someone, token, *, lasts):
    context = {"someone": someone, "token": token, "lasts": lasts, "waits": raising.waits_for(someone)}
    return render(request, "people/link.html", context)


@may_manage
@fresh_factor(reading=False)
def person(request, pk):
    someone = get_object_or_404(User.objects.people(), pk=pk)
    known = {"roles": someone.roles, "team": someone.team, "on_council": someone.on_council}
    form = PersonForm(request.POST or None, initial=known)
    if form.is_valid():
        try:
            roles.change(someone, by=request.user, at=timezone.now(), **form.cleaned_data)
        except people.NotPossible as problem:
            form.add_error("roles", str(problem))
        else:
            waits = set(form.cleaned_data["roles"]) - set(someone.roles)
            messages.success(request, "Saved. The new role waits for a second yes." if waits else "Saved.")
            return redirect("people:people")
    context = {"someone": someone, "form": form, "waits": raising.waits_for(someone)}
    context |= {
        "is_self": someone == request.user,
        "was_here": people.was_here(someone),
        "invited_days": people.INVITED_FOR.days,
    }
    return render(request, "people/person.html", context)


@require_POST
@may_manage
@fresh_factor
def new_link(request, pk):
    someone = get_object_or_404(User.objects.people(), pk=pk)
    lasts = people.BACK_FOR if people.was_here(someone) else people.INVITED_FOR
    try:
        token = people.new_link(someone, by=request.user, at=timezone.now())
    except people.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect("people:person", pk=pk)
    audit.say(audit.WRITE, why="a new link, and what they had opens nothing")
    return show_link(request, someone, token, lasts=lasts)


@require_POST
@may_manage
@fresh_factor
def sign_out(request, pk):
    """A lost phone: whoever holds it is out with the next tap."""
    someone = get_object_or_404(User.objects.people(), pk=pk)
    people.sign_out_everywhere(someone)
    audit.say(audit.WRITE, why="signed somebody out everywhere")
    messages.success(request, f"{someone.name} is signed out everywhere.")
    return redirect("people:person", pk=pk)


@require_POST
@may_manage
@fresh_factor
def come_back(request, pk):
    someone = get_object_or_404(User.objects.people(), pk=pk, is_active=False)
    held = people.switch_on(someone, by=request.user, at=timezone.now())
    workforce.come_back(someone)
    waits = f" What they were as {' and '.join(role.label for role in held)} waits for a second yes." if held else ""
    messages.success(request, f"{someone.name} is switched on, and can sign in again.{waits}")
    return redirect("people:person", pk=pk)
