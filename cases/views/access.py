"""Who may see a youth and who has seen them, on one page; walls; and opening a case in an emergency."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import access, emergency, trail
from cases.access_forms import EmergencyForm, ReviewForm, WallForm
from cases.models import Wall
from cases.views.case import found, who_may_see
from mlmc.core import audit
from mlmc.core.access import fresh_factor, only
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role


@require_safe
@opens_a_youth
def case_access(request, pk):
    case, works_with = found(request, pk)
    return show(request, case, works_with)


def show(request, case, works_with, form=None):
    if not works_with and not request.user.has_role(Role.DIRECTOR):
        raise Http404
    now = timezone.now()
    lines, before = trail.who_has_seen(case, before=request.GET.get("before", ""))
    context = {
        "active": "youth",
        "case": case,
        "youth": case.youth,
        "access": list(who_may_see(case, now)),
        "past": trail.could_see(case, at=now),
        "walls": trail.walls(case),
        "safety_needs": case.youth.safety_needs.standing() if works_with else [],
        "lines": lines,
        "before": before,
        "form": form or WallForm(),
        "is_director": request.user.has_role(Role.DIRECTOR),
    }
    return render(request, "cases/case_access.html", context)


@require_POST
@opens_a_youth
def wall_add(request, pk):
    """Somebody is kept away from this youth, at once and whatever else lets them in."""
    case, works_with = found(request, pk)
    form = WallForm(request.POST)
    if not form.is_valid():
        return show(request, case, works_with, form)
    if not works_with and not request.user.has_role(Role.DIRECTOR):
        raise Http404
    person = form.cleaned_data["person"]
    access.keep_away(case, person, by=request.user, at=timezone.now())
    messages.success(request, f"{person.short_name} does not see this youth from now on.")
    return redirect("home" if person == request.user else case.get_access_url())


@require_POST
@only(Role.DIRECTOR)
@fresh_factor
def wall_remove(request, pk, wall):
    case, _ = found(request, pk)
    wall = get_object_or_404(Wall, pk=wall, youth=case.youth_id)
    access.take_down(case, wall, by=request.user, at=timezone.now())
    messages.success(request, "Taken down. Rights that were given before count again.")
    return redirect(case.get_access_url())


@require_http_methods(["GET", "HEAD", "POST"])
@only(*emergency.MAY_OPEN)
@fresh_factor(reading=False)
def emergency_open(request):
    form = EmergencyForm(request.POST or None)
    if form.is_valid():
        try:
            case = emergency.open_case(**form.cleaned_data, by=request.user, at=timezone.now())
        except emergency.OpensNothing as problem:
            audit.say(audit.DENY, why="a code that opens nothing")
            form.add_error("code", str(problem))
        else:
            messages.success(request, "Open for one hour. A supervisor has been told, and somebody will look at why.")
            return redirect(case)
    return render(request, "cases/emergency_open.html", {"form": form})


@require_safe
@only(*emergency.MAY_REVIEW)
def emergencies(request):
    return show_emergencies(request)


def show_emergencies(request, refused=None):
    rows = emergency.to_review(by=request.user, unreviewed=True)
    for row in rows:
        row.mine = row.by_id == request.user.pk
        row.form = refused if refused and refused.prefix == str(row.pk) else ReviewForm(prefix=str(row.pk))
    context = {
        "active": "emergencies",
        "rows": rows,
        "reviewed": emergency.to_review(by=request.user, unreviewed=False),
        "form": refused,
    }
    return render(request, "cases/emergency_list.html", context)


@require_POST
@only(*emergency.MAY_REVIEW)
def emergency_review(request, pk):
    form = ReviewForm(request.POST, prefix=str(pk))
    if not form.is_valid():
        return show_emergencies(request, refused=form)
    try:
        emergency.review(pk, by=request.user, at=timezone.now(), **form.cleaned_data)
    except emergency.NotYours as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Written down.")
    return redirect("cases:emergencies")
