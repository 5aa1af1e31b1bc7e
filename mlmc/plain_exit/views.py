"""Asking for everything as plain files, and the second person's answer."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from mlmc.core import audit
from mlmc.core.access import fresh_factor, only
from mlmc.core.models import ExitRequest
from mlmc.plain_exit import asking, writing
from mlmc.plain_exit.forms import AskForm

may_ask = only(*asking.MAY)


@may_ask
@fresh_factor(reading=False)
def exits(request):
    form = AskForm(request.POST or None)
    if form.is_valid():
        asking.ask(form.cleaned_data["why"], by=request.user, at=timezone.now())
        audit.say(audit.WRITE, why="asked for everything as plain files")
        messages.success(request, "Asked. Somebody else has to say yes within three days.")
        return redirect("plain_exit:exits")
    rows = ExitRequest.objects.select_related("asked_by", "answered_by").order_by("-asked_at")[:20]
    context = {"form": form, "requests": rows, "place": writing.home(), "since": timezone.now() - asking.STANDS_FOR}
    return render(request, "plain_exit/exits.html", context)


@require_POST
@may_ask
@fresh_factor
def exit_answer(request, pk):
    yes = "yes" in request.POST
    try:
        asking.answer(pk, yes, by=request.user, at=timezone.now())
    except asking.NotYours as problem:
        messages.error(request, str(problem))
    else:
        audit.say(audit.EXPORT if yes else audit.WRITE, why="everything as plain files" if yes else "said no to it")
        messages.success(request, "It is being written." if yes else "Nothing goes out.")
    return redirect("plain_exit:exits")
