"""Your files: being written, ready for a day, gone. Everybody sees and fetches what they asked for themselves."""

from django.contrib import messages
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from mlmc.core import audit, tables
from mlmc.core.access import fresh_factor, only, visible_or_404
from mlmc.core.exporting import fetching, kinds, lifecycle, offering
from mlmc.core.models import Export, ExportStatus, Role
from mlmc.core.pages import refreshes_itself

MAY = (Role.ADMIN, Role.DIRECTOR, Role.INTAKE, Role.EVALUATION)  # whoever may take anything out, kind by kind
SHOWN = 20


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


def mine_or_404(request, pk):
    """A file of one's own, and its kind while one may take out files of that kind."""
    export = visible_or_404(Export.objects, request.user, pk=pk)
    kind = kinds.named(export.kind)
    if kind is None or not kind.may_be_taken_by(request.user):
        raise Http404
    return export, kind


@require_POST
@only(*MAY)
@fresh_factor
def again(request, pk):
    """The same once more, as it stands now."""
    export, kind = mine_or_404(request, pk)
    try:
        return offering.ask_again(request, kind, export)
    except lifecycle.MoveNotAllowed as problem:
        messages.error(request, str(problem))
        return redirect("exporting:files")


@require_POST
@only(*MAY)
@fresh_factor
def fetch(request, pk):
    """No row is read for this: what was written for this person is opened part by part."""
    export, kind = mine_or_404(request, pk)
    try:
        parts = fetching.fetch(export, at=timezone.now())
    except fetching.NotThere as problem:
        messages.error(request, str(problem))
        return redirect("exporting:files")
    audit.say(audit.EXPORT, why=f"fetched {kind.name}")
    name = f"{kind.called(export.asked_for, at=export.ready_at)}.{export.form}"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Content-Length": str(export.size)}
    return StreamingHttpResponse(parts, content_type=tables.TYPES[export.form], headers=headers)
