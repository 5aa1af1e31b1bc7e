"""Time away: somebody asks for it, whoever may says yes, and it is said who covers."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases.models import Case
from mentors import leave, watching
from mentors.leave_forms import ChangeLeaveForm, FindForm, PlanLeaveForm
from mentors.models import Leave
from mlmc.core import audit
from mlmc.core.access import fresh_factor, only
from mlmc.core.colleagues import are_many
from mlmc.core.models import Role, User

works_here = only(*Role)
READ_WALLS = (Role.SUPERVISOR, Role.DIRECTOR)  # on the page of who may see a youth


def frame(user):
    return "phone.html" if set(user.roles) == {Role.MENTOR} else "staff.html"


@require_safe
@works_here
def leaves(request):
    return show_leaves(request)


@require_POST
@only(Role.DIRECTOR, Role.SUPERVISOR)
def leave_find(request):
    """Whose time away is entered, by name: words that are looked for are posted."""
    form = FindForm(request.POST, people=others(request.user))
    if not form.is_valid():
        return show_leaves(request, form)
    return redirect("mentors:leave_plan", form.cleaned_data["person"].pk)


def show_leaves(request, find=None):
    user, now = request.user, timezone.now()
    rows = Leave.objects.visible_to(user).current(now).select_related("person", "cover").order_by("begins", "pk")
    rows, people = list(rows), others(user)
    find = find or (FindForm(people=people) if are_many(people) else None)
    for row in rows:
        row.may_answer = row.granted_at is None and leave.may_grant(user, row.person)
        row.is_mine = row.person_id == user.pk
        row.may_change = row.granted_at is not None and (row.is_mine or leave.may_grant(user, row.person))
        row.form = ChangeLeaveForm(leave=row, initial={"last": row.last_day}, auto_id=f"id_{row.pk}_%s")
    context = {
        "frame": frame(user),
        "rows": rows,
        "people": [] if find else list(people),
        "find": find,
        "now": now,
    }
    return render(request, "mentors/leave_list.html", context)


def others(user):
    """Whose days somebody may enter beside their own: as leave.may_grant, asked of the database."""
    people = User.objects.people().filter(is_active=True).exclude(pk=user.pk).exclude(roles=[])
    return people.filter(leave.granted_by(user)).order_by("name", "pk")


@works_here
@fresh_factor(reading=False)
def leave_plan(request, pk):
    user, now = request.user, timezone.now()
    person = get_object_or_404(User, pk=pk, is_active=True)
    if user.pk != person.pk and not leave.may_grant(user, person):
        raise Http404
    form = PlanLeaveForm(request.POST or None, person=person, youth=youth_of(user, person))
    if form.is_valid():
        try:
            made = leave.plan(person, by=user, at=now, **form.said())
        except leave.NotCovered as problem:
            form.refuse(str(problem), problem.cases)
        else:
            messages.success(request, "It is entered." if made.granted_at else "Asked. You hear when it is answered.")
            return redirect("mentors:leaves")
    context = {"frame": frame(user), "person": person, "form": form, "mine": person == user}
    return render(request, "mentors/leave_plan.html", context)


def youth_of(user, person):
    """Those for whom somebody else than the one who covers may have to be named. Who may read walls is shown each of a
    mentor's, and whoever has a wall; anybody else all of them. By name to who may read it, else by code."""
    held = asked = watching.open_with(person)
    if user.has_role(*READ_WALLS):
        mentor = person.has_role(Role.MENTOR)
        asked = [case for case, kinds in held.items() if mentor and "mentor" in kinds] + list(
            watching.walls_among(held)
        )
    rows = list(Case.objects.visible_to(user).with_rights(user).filter(pk__in=asked).select_related("youth"))
    for row in rows:
        audit.note(row.pk)
    return sorted(rows, key=lambda row: row.code)


@require_POST
@works_here
@fresh_factor
def leave_answer(request, pk):
    row = get_object_or_404(Leave.objects.visible_to(request.user).select_related("person"), pk=pk)
    yes, mine = "yes" in request.POST, row.person_id == request.user.pk
    if not leave.may_grant(request.user, row.person) and (yes or not mine):
        raise Http404
    try:
        if yes:
            leave.grant(row, by=request.user, at=timezone.now())
        else:
            leave.say_no(row, at=timezone.now())
    except leave.NotCovered as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Yes. Who covers is told." if yes else "Not granted. Nothing changes.")
    return redirect("mentors:leaves")


@require_POST
@works_here
@fresh_factor(reading=False)
def leave_change(request, pk):
    """Back now or earlier by the person, too; longer only by who may say yes."""
    row = get_object_or_404(Leave.objects.visible_to(request.user).select_related("person"), pk=pk)
    grants = leave.may_grant(request.user, row.person)
    if not grants and row.person_id != request.user.pk:
        raise Http404
    form, now = ChangeLeaveForm(request.POST, leave=row), timezone.now()
    until = now if "now" in request.POST else form.until() if form.is_valid() else None
    try:
        if until is None or (until > row.until and not grants):
            raise leave.NotCovered("Choose another day; for more days ask who said yes.")
        leave.change_until(row, until, at=now)
    except leave.NotCovered as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Saved. Who covers sees the youth until then, and no longer.")
    return redirect("mentors:leaves")
