"""The first page of a program, its settings, and its keys on paper. None of them reads a case."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mlmc import program
from mlmc.core import audit, outbox, people
from mlmc.core.access import fresh_factor, only
from mlmc.core.context import under
from mlmc.core.models import Role, User
from mlmc.office import changes, first_days, founding, keys_on_paper, letters, restoring
from mlmc.office.forms import SECTIONS, FoundingForm, KeyLinesForm

may_set = only(Role.ADMIN, Role.DIRECTOR)


@login_not_required  # nobody is here yet who could sign in
@under("door")
def set_up(request):
    """Once: what the program is called, and who begins it. Afterwards there is no such page."""
    if not founding.is_open():
        raise Http404
    if restoring.is_under_way():
        return redirect("office:restore_wait")
    form = FoundingForm(request.POST or None, initial=asdict(program.current()) | {"time_zone": program.SERVER_ZONE})
    if form.is_valid():
        given = form.cleaned_data
        if not founding.is_the_code(given["code"]):
            form.add_error("code", "This is not the code. It is made anew with every start.")
        else:
            return begin(request, given, form)
    return render(request, "office/set_up.html", {"form": form, "may_restore": restoring.is_offered()})


def begin(request, given, form):
    names = {name: given[name] for name in ("brand", "sender", "time_zone", "languages")}
    pair = [{"name": given[f"{who}_name"], "email": given[f"{who}_email"]} for who in ("admin", "director")]
    try:
        begun = founding.found(*pair, names=names, at=timezone.now())
    except founding.Founded as problem:
        form.add_error(None, str(problem))
        return render(request, "office/set_up.html", {"form": form})
    audit.say(audit.WRITE, why="a program was begun")
    return render(request, "office/begun.html", {"begun": begun, "days": people.INVITED_FOR.days})


@may_set
def first_steps(request):
    """What is left to do; put away when somebody says so."""
    if request.method == "POST":
        ours, now = program.current(), timezone.now()
        ours.done = ours.done | {"settled": now.isoformat()}
        program.save(ours, by=request.user, at=now)
        messages.success(request, "Put away. It stays on the settings page.")
        return redirect("home")
    steps = first_days.steps()
    for step in steps:
        step.is_open = step.open_to(request.user)
    context = {"steps": steps, "all_done": all(step.done for step in steps), "active": "settings"}
    return render(request, "office/first_days.html", context | {"first_days": program.current().in_first_days})


@require_safe
@may_set
def settings(request):
    return show(request)


def show(request, bound=None, section=""):
    """Every section with its form, and what was changed lately."""
    ours = asdict(program.current())
    ours["time_zone"] = ours["time_zone"] or program.SERVER_ZONE
    forms = [
        (key, heading, bound if key == section else form(initial=ours, auto_id=f"{key}-%s"))
        for key, (heading, form) in SECTIONS.items()
    ]
    context = {"columns": [forms[::2], forms[1::2]], "changes": changes.latest(), "active": "settings"}
    context["shows_keys"] = request.user.has_role(Role.ADMIN)
    return render(request, "office/settings.html", context)


@require_POST
@may_set
@fresh_factor
@sensitive_post_parameters("mail_password")
def section_save(request, section):
    if section not in SECTIONS:
        raise Http404
    _, form_of = SECTIONS[section]
    form, now = form_of(request.POST, auto_id=f"{section}-%s"), timezone.now()
    if not form.is_valid():
        return show(request, form, section)
    ours, given = program.current(), form.cleaned_data
    password = given.pop("mail_password", "") or None
    for name, value in given.items():
        setattr(ours, name, value)
    if section == "letters" and (problem := try_letters(request, ours, password)):
        form.add_error(None, problem)
        return show(request, form, section)
    ours.done = ours.done | {section: now.isoformat()}
    program.save(ours, by=request.user, at=now, mail_password=password)
    messages.success(
        request, f"Saved. A test is on its way to {request.user.email}." if section == "letters" else "Saved."
    )
    return redirect(f"{reverse('office:settings')}#{section}")


def try_letters(request, ours, password):
    """A letter to whoever asks, before anything is saved: settings that cannot send are no settings."""
    try:
        letters.send_test(ours, to=request.user.email, password=password or program.mail_password())
    except letters.NotSent as problem:
        return f"No letter could be sent with this, so nothing was saved. {problem}"
    return None


@only(Role.ADMIN)
@fresh_factor
def key_sheet(request):
    """The keys to print. Looking at them is told to the director; typing lines back proves that the paper is right."""
    asked = keys_on_paper.asked()
    form = KeyLinesForm(request.POST or None, asked=asked) if "confirm" in request.POST else KeyLinesForm(asked=asked)
    if form.is_bound and form.is_valid():
        ours, now = program.current(), timezone.now()
        ours.done = ours.done | {"key_sheet": now.isoformat()}
        program.save(ours, by=request.user, at=now)
        messages.success(request, "The paper is right. Lock both copies away, in two places.")
        return redirect("office:first_steps")
    shown = "show" in request.POST
    if shown:
        audit.say(audit.EXPORT, why="the key sheet")
        for person in User.objects.with_role(Role.DIRECTOR):
            outbox.enqueue("news", to=person, about=f"key sheet {timezone.now().isoformat()}", due_at=timezone.now())
    context = {"form": form, "sheet": keys_on_paper.sheet() if shown else None, "printed_on": timezone.localdate()}
    context["right_at"] = parse_datetime(program.current().done.get("key_sheet", ""))
    return render(request, "office/key_sheet.html", context)
