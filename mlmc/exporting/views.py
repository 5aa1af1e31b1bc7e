"""Your files: being written, ready for a day, gone. Everybody sees and fetches what they asked for themselves."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from mlmc.core import audit, tables
from mlmc.core.access import fresh_factor, only, visible_or_404
from mlmc.core.exporting import asking, fetching, kinds
from mlmc.core.models import Export, ExportStatus, Role
from mlmc.core.pages import refreshes_itself
from mlmc.core.tasks import call_writer

MAY = (Role.ADMIN, Role.DIRECTOR, Role.INTAKE, Role.EVALUATION)  # whoever may take anything out, kind by kind
SHOWN = 20


def ask(request, kind, what, *, form="csv"):
    """For the pages that offer a file: asked for, and on to where it will be."""
    try:
        export = asking.ask(kind, what, form=form, by=request.user, at=timezone.now())
    except asking.TooMany:
        return render(request, "exporting/again_tomorrow.html", status=429)
    audit.say(audit.WRITE, why=f"asked for {kind.name}", record=export.pk)
    transaction.on_commit(lambda: call_writer(export.pk, person=request.user.pk))
    return redirect("exporting:files")


@require_safe
@only(*MAY)
def files(request):
    return render(request, "exporting/file_list.html", mine(request.user))


@refreshes_itself
@require_safe
@only(*MAY)
def files_now(request):
    """The list alone, every three seconds as long as something is being written."""
    return render(request, "exporting/_files.html", mine(request.user))


def mine(user):
    rows = Export.objects.visible_to(user).order_by("-asked_at")[:SHOWN]
    found = [(row, kinds.named(row.kind)) for row in rows]
    waits = any(row.status == ExportStatus.ASKED for row, _ in found)
    until = {row.pk: row.ready_at + fetching.KEPT_FOR for row, _ in found if row.ready_at}
    found = [(row, kind, until.get(row.pk)) for row, kind in found if kind]
    return {"files": found, "waits": waits}


@require_POST
@only(*MAY)
@fresh_factor
def fetch(request, pk):
    """No row is read for this: what was written for this person is opened part by part."""
    export, now = visible_or_404(Export.objects, request.user, pk=pk), timezone.now()
    kind = kinds.named(export.kind)
    if kind is None or not kind.may_be_taken_by(request.user):
        raise Http404
    try:
        parts = fetching.fetch(export, at=now)
    except fetching.NotThere as problem:
        messages.error(request, str(problem))
        return redirect("exporting:files")
    audit.say(audit.EXPORT, why=f"fetched {kind.name}")
    name = f"{kind.called(export.asked_for, at=export.ready_at)}.{export.form}"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Content-Length": str(export.size)}
    return StreamingHttpResponse(parts, content_type=tables.TYPES[export.form], headers=headers)
