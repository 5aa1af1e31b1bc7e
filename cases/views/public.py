"""The form agencies use. It takes a referral and gives a receipt number back: the same words whoever it is about."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cases import intake, public_form
from cases.models import Referral
from cases.public_form import CHECK, STEPS
from mlmc import program
from mlmc.core import throttle
from mlmc.core.context import under

LIMIT = 20  # referrals from one address in an hour; a whole office may sit behind one


@login_not_required  # agencies have no account here
@under("referrer")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def refer(request):
    if request.method != "POST":
        return ask(request, public_form.new_draft(), 1)
    draft = public_form.opened(request.POST.get("draft", ""))
    step = step_of(request.POST.get("step"))
    if "back" in request.POST:
        if step < CHECK:  # half an answer is kept too
            draft["answers"][str(step)] = public_form.as_typed(STEPS[step - 1](request.POST))
        return ask(request, draft, max(1, step - 1))
    if step < CHECK:
        form = STEPS[step - 1](request.POST)
        draft["answers"][str(step)] = public_form.as_typed(form)
        return ask(request, draft, step + 1) if form.is_valid() else ask(request, draft, step, form=form)
    return send(request, draft)


def step_of(words):
    return int(words) if words in {str(number) for number in range(1, CHECK + 1)} else 1


def ask(request, draft, step, *, form=None, problem="", status=200):
    """One step, with what was answered there before; the last shows all of it."""
    context = {
        "draft": public_form.sealed(draft),
        "step": step,
        "last": CHECK,
        "help_phone": program.current().help_line,
        "problem": problem,
    }
    if step == CHECK:
        context["parts"] = [
            (number, kind.title, list(public_form.to_check(public_form.answers_of(draft, number))))
            for number, kind in enumerate(STEPS, 1)
        ]
        return render(request, "cases/refer_check.html", context, status=status)
    filled = public_form.answers_of(draft, step)
    if form is None and filled.is_bound:
        form = STEPS[step - 1](initial=initial_of(filled))
    return render(request, "cases/refer_step.html", context | {"form": form or filled})


def initial_of(form):
    """What was typed before, shown without being judged again."""
    many = {name for name, field in form.fields.items() if name == "languages"}
    return {name: form.data.getlist(name) if name in many else form.data.get(name, "") for name in form.fields}


def send(request, draft):
    forms = [public_form.answers_of(draft, number) for number in range(1, CHECK)]
    for number, form in enumerate(forms, 1):
        if not form.is_valid():  # a step was left out, or the draft lay too long
            blank = STEPS[number - 1]() if not form.is_bound else form
            lost = "" if draft["answers"] else "This page was open too long. Please begin again."
            return ask(request, draft, number, form=blank, problem=lost)
    now, address = timezone.now(), request.META["REMOTE_ADDR"]
    if throttle.too_often("refer", address, at=now, limit=LIMIT):
        busy = "A lot has come from your address within the hour. Nothing is lost: send it later, or call us."
        return ask(request, draft, CHECK, problem=busy, status=429)
    throttle.knock("refer", address, at=now)
    referral = intake.receive(
        channel=Referral.Channel.PUBLIC_FORM,
        received_at=now,
        at=now,
        client_key=uuid.UUID(draft["key"]),
        **public_form.parsed(forms),
    )
    context = {"receipt": referral.receipt, "help_phone": program.current().help_line}
    return render(request, "cases/refer_receipt.html", context)
