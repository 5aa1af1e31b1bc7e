"""For the pages that offer a file: it is asked for, and whoever asked goes on to where it will be."""

from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone

from mlmc.core import audit
from mlmc.core.exporting import asking
from mlmc.core.tasks import call_writer


def ask(request, kind, what, *, form="csv"):
    return answer(request, kind, lambda at: asking.ask(kind, what, form=form, by=request.user, at=at))


def ask_again(request, kind, export):
    return answer(request, kind, lambda at: asking.again(export, by=request.user, at=at))


def answer(request, kind, asks):
    """The page has asked for a second factor."""
    try:
        export = asks(timezone.now())
    except asking.TooMany:
        return render(request, "exporting/again_tomorrow.html", status=429)
    audit.say(audit.WRITE, why=f"asked for {kind.name}", record=export.pk)
    transaction.on_commit(lambda: call_writer(export.pk, person=request.user.pk))
    return redirect("exporting:files")
