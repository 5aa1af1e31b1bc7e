"""Bring in what exists: upload, say which column is which, look, begin, and take it all back if it was wrong.

Everybody sees the files they uploaded themselves, and nobody else's.
"""

import json

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mlmc.bringing.forms import ColumnsForm, FileForm
from mlmc.core import tables
from mlmc.core.access import fresh_factor, only, visible_or_404
from mlmc.core.bringing import kinds, lifecycle, mapping, receiving, rejected, running, samples, undoing, uploading
from mlmc.core.bringing.letters import NotAFile
from mlmc.core.exporting.offering import ask
from mlmc.core.models import Import, ImportStatus, Role
from mlmc.core.pages import refreshes_itself
from mlmc.core.tasks import wake
from mlmc.exporting.to_mend import TO_MEND

BRING = (Role.ADMIN, Role.DIRECTOR, Role.INTAKE, Role.EVALUATION)
may_bring = only(*BRING)
SHOWN = 20
PROBLEMS = (lifecycle.MoveNotAllowed, running.CannotBegin)


@may_bring
def file_list(request):
    mine = kinds.of(request.user)
    form = FileForm(request.POST or None, request.FILES or None, kinds=mine)
    if form.is_valid():
        kind = kinds.named(form.cleaned_data["kind"])
        try:
            file = take(kind, form.cleaned_data["file"].read(), by=request.user)
        except NotAFile as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("bringing:file", pk=file.pk)
    files = list(Import.objects.visible_to(request.user).order_by("-made_at")[:SHOWN])
    context = {"form": form, "kinds": mine, "files": [(file, kinds.named(file.kind)) for file in files]}
    return render(request, "bringing/file_list.html", context)


def take(kind, content, *, by):
    """A short file is read at once; a longer one by the worker, and its page says how far that is."""
    if len(content) <= receiving.DIRECT:
        return uploading.upload(kind, content, by=by, at=timezone.now())
    file = receiving.receive(kind, content, by=by, at=timezone.now())
    transaction.on_commit(lambda: wake(file.pk, person=by.pk))
    return file


@require_safe
@may_bring
def template(request, kind):
    """A file to begin with. It holds nobody."""
    found = kinds.named(kind)
    if found is None or not found.may_be_brought_by(request.user):
        raise Http404
    form = "xlsx" if request.GET.get("as") == "xlsx" else "csv"
    response = HttpResponse(samples.as_file(found, form), content_type=tables.TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{found.name}.{form}"'
    return response


def mine_or_404(request, pk):
    """A file of one's own, and its kind while one may bring in files of that kind."""
    file = visible_or_404(Import.objects, request.user, pk=pk)
    kind = kinds.named(file.kind)
    if kind is None or not kind.may_be_brought_by(request.user):
        raise Http404
    return file, kind


@require_safe
@may_bring
def file_detail(request, pk):
    file, kind = mine_or_404(request, pk)
    return show(request, file, kind)


def show(request, file, kind, form=None):
    context = {"file": file, "kind": kind, "active": "bring"}
    if file.status == ImportStatus.READY and file.forgotten_at is None:
        form = form or ColumnsForm(file=file, kind=kind)
        lacking = mapping.missing(kind, file.mapping)
        context |= {"form": form, "lacking": lacking, "left_out": mapping.left_out(file)}
        if not lacking:
            context["preview"] = list(looked_at(file, kind, by=request.user))
            context["refused"] = sum(bool(reasons) for _, _, reasons in context["preview"])
    elif not file.is_at_work:
        context["problems"] = rejected.for_page(file)
    return render(request, "bringing/file_detail.html", context)


def looked_at(file, kind, *, by):
    """(number, what it will become or an empty text, reasons) of the first rows."""
    found = running.preview(file, kind, by=by, at=timezone.now())
    labels = {column.field: column.label for column in kind.columns()}
    headings = json.loads(file.columns)

    def said(where):
        return headings[where] if isinstance(where, int) else labels.get(where, "")

    for row, line, is_here in found:
        words = "Is here already: nothing is added" if is_here else line.words
        yield row.number, "" if line.why else words, [(said(where), why) for where, why in line.why]


@require_POST
@may_bring
def columns(request, pk):
    file, kind = mine_or_404(request, pk)
    form = ColumnsForm(request.POST, file=file, kind=kind)
    if file.status != ImportStatus.READY:
        raise Http404
    if form.is_valid():
        uploading.choose_columns(file, kind, form.cleaned_data)
        messages.success(request, "Saved. Look at the first rows below.")
        return redirect("bringing:file", pk=pk)
    return show(request, file, kind, form)


@require_POST
@may_bring
@fresh_factor
def begin(request, pk):
    file, _ = mine_or_404(request, pk)
    return take_step(request, file, running.begin, wakes=True)


@require_POST
@may_bring
@fresh_factor
def undo(request, pk):
    file, _ = mine_or_404(request, pk)
    return take_step(request, file, undoing.begin, wakes=True)


def take_step(request, file, step, *, wakes=False):
    try:
        step(file, by=request.user, at=timezone.now())
    except PROBLEMS as problem:
        messages.error(request, str(problem))
    else:
        if wakes:
            transaction.on_commit(lambda: wake(file.pk, person=request.user.pk))
    return redirect("bringing:file", pk=file.pk)


@refreshes_itself
@require_safe
@may_bring
def progress(request, pk):
    """How far it is, every two seconds. When it is done the page comes anew."""
    file, kind = mine_or_404(request, pk)
    response = render(request, "bringing/_progress.html", {"file": file, "kind": kind})
    if not file.is_at_work:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@may_bring
@fresh_factor
def to_mend(request, pk):
    """The rows that were not taken, to be mended and uploaded again: as sensitive as what was uploaded."""
    file, kind = mine_or_404(request, pk)
    return ask(request, TO_MEND, {"file": str(file.pk), "kind": kind.name})


@require_POST
@may_bring
def again(request, pk):
    file, _ = mine_or_404(request, pk)
    return take_step(request, file, lambda file, *, by, at: uploading.start_over(file, at=at))


@require_POST
@may_bring
def drop(request, pk):
    """A file that was not brought in goes; of any other what stood in it is forgotten."""
    file, _ = mine_or_404(request, pk)
    try:
        uploading.drop(file, at=timezone.now())
    except lifecycle.MoveNotAllowed as problem:
        messages.error(request, str(problem))
        return redirect("bringing:file", pk=pk)
    messages.success(request, "What stood in the file is forgotten here. Delete your own copies, too.")
    return redirect("bringing:files")
