"""Asking for a file. Nothing of it is read by this; a worker writes it as whoever asked."""

import json
from datetime import timedelta

from django.db import transaction

from mlmc.core import throttle
from mlmc.core.context import on_duty
from mlmc.core.exporting import lifecycle
from mlmc.core.models import Export, ExportStatus

MOST = 20  # files one person takes in a day
A_DAY = timedelta(days=1)


class TooMany(Exception):
    """Enough for a day. The message is fit for the user."""


@on_duty("exporting")
@transaction.atomic
def ask(kind, what, *, form="csv", by, at):
    """The caller has asked for a second factor, and calls the worker after the commit."""
    count(by, at=at)
    form = form if form in kind.forms else kind.forms[0]
    return Export.objects.create(kind=kind.name, form=form, what=json.dumps(what), by=by, asked_at=at, rung_at=at)


@on_duty("exporting")
@transaction.atomic
def again(export, *, by, at):
    """The same once more: what was not written, or is gone."""
    count(by, at=at)
    return lifecycle.move(export, ExportStatus.ASKED, at=at)


def count(by, *, at):
    if throttle.too_often("export", str(by.pk), at=at, limit=MOST, within=A_DAY):
        raise TooMany("You have asked for many files today. Ask for the next one tomorrow.")
    throttle.knock("export", str(by.pk), at=at)
