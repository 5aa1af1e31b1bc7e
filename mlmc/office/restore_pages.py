"""A second way to begin: the code, which backup and which keys, and then the page that waits."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from mlmc.backup.tray import Busy
from mlmc.core.context import under
from mlmc.office import restoring
from mlmc.office.restore_forms import CodeForm, RestoreForm


@login_not_required  # nobody is here yet who could sign in
@under("door")
@sensitive_post_parameters()
def restore(request):
    if not restoring.is_offered():
        raise Http404
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            restoring.let_on(request, form.cleaned_data["code"], at=timezone.now())
        except restoring.Refused as problem:
            form.add_error("code", str(problem))
        else:
            return redirect("office:restore_backup")
    return render(request, "office/restore_code.html", {"form": form})


@login_not_required  # as above; whoever is here gave the code
@under("door")
@sensitive_post_parameters()
def restore_backup(request):
    """What is wrong with the keys or the file is said here, before anything stops."""
    if not restoring.is_offered():
        raise Http404
    if not restoring.may_go_on(request):
        return redirect("office:restore")
    if restoring.is_under_way():
        return redirect("office:restore_wait")
    given, wrong = request.POST.copy(), ""
    if sent := request.FILES.get("file"):
        try:
            restoring.keep_sent(sent)
            given["backup"] = restoring.SENT
        except restoring.CannotAsk as problem:
            wrong = str(problem)
    found = restoring.found()
    form = RestoreForm(given if request.method == "POST" else None, found=found, wrong=wrong)
    if form.is_valid():
        try:
            restoring.ask(found[form.cleaned_data["backup"]].path, form.cleaned_data["lines"])
        except restoring.CannotAsk as problem:
            form.add_error("lines" if isinstance(problem, restoring.OtherSheet) else "backup", str(problem))
        except Busy:
            return redirect("office:restore_wait")
        else:
            return redirect("office:restore_wait")
    sent = restoring.SENT in found
    context = {"form": form, "sent": sent, "lying": len(found) > sent}
    return render(request, "office/restore_backup.html", context)


@login_not_required  # as above; once it is done, whoever waits here has no session any more
@under("door")
@require_safe
def restore_wait(request):
    """How far it is. It asks the launcher nothing: what the launcher did lies in the folder, or is the program."""
    state = restoring.state()
    if state != restoring.DONE:
        if not restoring.is_offered():
            raise Http404
        if not state or not restoring.may_go_on(request):
            return redirect("office:restore_backup")
    return render(request, "office/restore_wait.html", {"state": state, "problem": restoring.tray().problem})
