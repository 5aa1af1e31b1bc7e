"""Planning a meeting from the meeting log, and saying afterwards how it went."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from mentors import accompaniment, needs
from mentors.lifecycle import MoveNotAllowed
from mentors.models import Accompaniment, AccompanimentStatus, Mentorship
from mentors.plan_forms import PlanForm
from mlmc.core.access import only
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role


@only(Role.MENTOR, Role.SUPERVISOR)
@opens_a_youth
def plan(request, pk):
    user = request.user
    rows = Mentorship.objects.planned_by(user).with_rights(user)
    mentorship = get_object_or_404(rows.select_related("case__youth", "mentor__user"), pk=pk)
    form, instead = PlanForm(request.POST or None, initial={"provider": "nobody", "stays": ["mentor"]}), []
    if request.method == "POST" and form.is_valid():
        try:
            accompaniment.plan(mentorship, by=user, at=timezone.now(), **form.cleaned_data)
        except accompaniment.NotThisPlan as problem:
            form.add_error(problem.field, str(problem))
            instead = problem.instead
        else:
            messages.success(request, "Planned. It stands with the youth until you say how it went.")
            return redirect(mentorship)
    standing = list(mentorship.case.youth.safety_needs.standing())
    context = {"mentorship": mentorship, "form": form, "instead": instead, "safety_needs": standing}
    context["asks_why"] = any(not need.is_hard for need in standing)
    context["asks_to_read"] = bool(needs.to_read(standing, mentor_gender=mentorship.mentor.gender))
    return render(request, "mentors/plan.html", context | {"active": "my-youth"})


@require_POST
@only(Role.MENTOR, Role.SUPERVISOR)
def plan_held(request, pk):
    words = "Good that you were there. A check-in tells how it was."
    return change(request, pk, accompaniment.close, words, to=AccompanimentStatus.HELD)


@require_POST
@only(Role.MENTOR, Role.SUPERVISOR)
def plan_call_off(request, pk):
    words = "Called off. It stays in the record."
    return change(request, pk, accompaniment.close, words, to=AccompanimentStatus.CALLED_OFF)


@require_POST
@only(Role.MENTOR, Role.SUPERVISOR)
def plan_again(request, pk):
    return change(request, pk, accompaniment.plan_again, "Planned again.")


def change(request, pk, verb, words, **how):
    user = request.user
    mine = Mentorship.objects.planned_by(user).values("pk")
    found = Accompaniment.objects.visible_to(user).filter(mentorship__in=mine)
    found = found.select_related("mentorship__case__youth", "mentorship__mentor")
    made = get_object_or_404(found, pk=pk)
    try:
        verb(made, by=user, at=timezone.now(), **how)
    except (accompaniment.NotThisPlan, MoveNotAllowed) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, words)
    return redirect(made.mentorship)
