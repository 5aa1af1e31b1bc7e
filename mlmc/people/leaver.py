"""The page of somebody who leaves. For the system admin and the director; for a supervisor what is about her youth."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from mentors import workforce
from mlmc.core import holding, people
from mlmc.core.access import fresh_factor, only
from mlmc.core.models import Role, User
from mlmc.people import handing, leaving
from mlmc.people.forms import HandOverForm, SwitchOffForm

may_open = only(Role.ADMIN, Role.DIRECTOR, Role.SUPERVISOR)


def found(request, pk):
    someone = get_object_or_404(User.objects.people(), pk=pk)
    if not holding.may_hand_over(request.user, someone):
        raise Http404
    return someone


@may_open
@fresh_factor(reading=False)
def leave(request, pk):
    """What is with them; and the end of the account, for whoever manages people."""
    someone, form = found(request, pk), SwitchOffForm(request.POST or None)
    if "stays" in request.POST:
        workforce.stays(someone)
        return redirect("people:leave", pk=pk)
    if request.method != "POST" or not request.user.has_role(*holding.MANAGE):
        return show(request, someone)
    try:
        anyway = form.is_valid() and form.cleaned_data["anyway"]
        leaving.leave(someone, by=request.user, at=timezone.now(), anyway=anyway)
    except (people.NotPossible, leaving.StillOpen) as problem:
        return show(request, someone, refused=str(problem))
    left = holding.left_with(someone)
    messages.success(request, f"{someone.name} is switched off.")
    return redirect("people:leave", pk=pk) if left else redirect("people:people")


@require_POST
@may_open
@fresh_factor(reading=False)
def hand_over(request, pk, kind):
    """Line by line, or all of one kind to one person."""
    someone = found(request, pk)
    section = handing.section_of(request.user, someone, kind)
    if section is None or section.form is None:
        return redirect("people:leave", pk=pk)
    form = HandOverForm(request.POST, section=section, prefix=kind)
    if not form.is_valid():
        return show(request, someone, sent=form)
    gone, stay = handing.hand_over(section, form.chosen(), person=someone, by=request.user, at=timezone.now())
    if gone:
        messages.success(request, f"{gone} no longer with them. Whoever took over is told.")
    if not stay:
        return redirect("people:leave", pk=pk)
    return show(request, someone, kind=kind, stay=stay, beside=form.by_line())


def show(request, someone, *, sent=None, kind="", stay=None, beside=(), refused=""):
    """`stay`: {line: why it is still here}, said beside the line where somebody was chosen for it alone."""
    sections, left = handing.sections(request.user, someone)
    for section in sections:
        if sent is not None and section.kind.name == sent.prefix:
            section.form = sent
            handing.bind(section)
        if section.kind.name == kind and stay:
            handing.say_why(section, stay, beside=beside)
    manages = request.user.has_role(*holding.MANAGE)
    context = {
        "someone": someone,
        "sections": [section for section in sections if section.is_to_do],
        "others": [section for section in sections if not section.is_to_do],
        "manages": manages,
        "left": left,
        "leaves_since": workforce.leaves_since(someone) if someone.has_role(Role.MENTOR) else None,
        "refused": refused,
        "form": SwitchOffForm(),
        "active": "people" if manages else "team",
    }
    return render(request, "people/leave.html", context)
