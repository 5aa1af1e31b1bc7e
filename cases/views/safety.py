"""Safety of one youth: what stands first on every page, how they may be reached, and from which day nobody is."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import safety, whereabouts
from cases.safety_forms import FlagForm, LiftForm, NeedForm, SafeContactForm
from cases.views.case import FLAGS, found
from mlmc.core.harvest import opens_a_youth


def opened(request, pk):
    """The case of a youth this reader works with, or 404."""
    case, works_with = found(request, pk)
    if not works_with:
        raise Http404
    return case


@require_safe
@opens_a_youth
def case_safety(request, pk):
    return show(request, opened(request, pk))


def show(request, case, **wrong):
    """Every need with its two forms, and what else keeps them safe. `wrong` are forms that came back, by their id."""
    now, contact = timezone.now(), getattr(case.youth, "safe_contact", None)
    today = {"since": timezone.localdate(now)}

    def form(name, made):
        return wrong.get(name, made)

    standing = case.youth.safety_needs.standing().select_related("confirmed_by")
    context = {
        "active": "youth",
        "case": case,
        "needs": [
            (need, form(f"need-{need.pk}", NeedForm(need=need)), form(f"lift-{need.pk}", LiftForm(need=need)))
            for need in standing
        ],
        "lifted": case.youth.safety_needs.exclude(lifted_at=None).select_related("lifted_by").order_by("-lifted_at"),
        "add_form": form("new", NeedForm(auto_id="new-%s")),
        "contact": contact,
        "is_safe": safety.is_safe(contact, at=now),
        "contact_form": form("contact", SafeContactForm(contact=contact, auto_id="contact-%s")),
        "flags": [
            (
                words,
                icon,
                getattr(case, name),
                form(name, FlagForm(name=name, initial=today)),
            )
            for name, words, _, icon in FLAGS
        ],
        "form": next(iter(wrong.values()), None),
    }
    return render(request, "cases/case_safety.html", context)


def back(case):
    return redirect(reverse("cases:safety", args=[case.pk]))


@require_POST
@opens_a_youth
def need_confirm(request, pk, need):
    case = opened(request, pk)
    need = get_object_or_404(case.youth.safety_needs.standing(), pk=need)
    form = NeedForm(request.POST, need=need)
    if form.is_valid():
        said = {"kind": form.cleaned_data["kind"], "is_hard": form.cleaned_data["hard"] == "hard"}
        safety.confirm(need, plain=form.cleaned_data["words"], case=case, by=request.user, at=timezone.now(), **said)
        messages.success(request, "Confirmed. It stands on every page about this youth.")
        return back(case)
    return show(request, case, **{f"need-{need.pk}": form})


@require_POST
@opens_a_youth
def need_add(request, pk):
    case, form = opened(request, pk), NeedForm(request.POST, auto_id="new-%s")
    if form.is_valid():
        said = {"kind": form.cleaned_data["kind"], "is_hard": form.cleaned_data["hard"] == "hard"}
        safety.add(case, words=form.cleaned_data["words"], by=request.user, at=timezone.now(), **said)
        messages.success(request, "Written down. It stands on every page about this youth.")
        return back(case)
    return show(request, case, new=form)


@require_POST
@opens_a_youth
def need_lift(request, pk, need):
    case = opened(request, pk)
    need = get_object_or_404(case.youth.safety_needs.standing(), pk=need)
    form = LiftForm(request.POST, need=need)
    if form.is_valid():
        safety.lift(need, why=form.cleaned_data["why"], case=case, by=request.user, at=timezone.now())
        messages.success(request, "It no longer stands first. It stays in the record.")
        return back(case)
    return show(request, case, **{f"lift-{need.pk}": form})


@require_POST
@opens_a_youth
def contact_confirm(request, pk):
    case = opened(request, pk)
    form = SafeContactForm(request.POST, auto_id="contact-%s")
    if form.is_valid():
        safety.say_how_to_reach(case, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Confirmed.")
        return back(case)
    return show(request, case, contact=form)


@require_POST
@opens_a_youth
def flag(request, pk):
    case, name = opened(request, pk), request.POST.get("name", "")
    if name not in whereabouts.FLAGS:
        raise BadRequest("No button of ours sends this.")
    form = FlagForm(request.POST, name=name)
    if form.is_valid():
        since = None if form.cleaned_data["over"] else form.cleaned_data["since"]
        whereabouts.mark(case, name, since, by=request.user, at=timezone.now())
        messages.success(request, "Saved.")
        return back(case)
    return show(request, case, **{name: form})
