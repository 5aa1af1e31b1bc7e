"""Help is for everybody who is signed in. Nothing here is about a youth, but the list for a day in court, by code."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mentors.models import LIVED, Meeting, Mentorship
from mlmc import program
from mlmc.core import audit, people
from mlmc.core.access import only
from mlmc.core.models import Role
from mlmc.help import guides, practice, words
from mlmc.help.changes import changes
from outcomes import instruments

SHEETS = [
    ("help:sheet_check_in", "Check-ins", "A slip for each, with the same taps as on the phone."),
    ("help:sheet_sign_in", "Signing in", "For a dinner or a group: first names, and nothing of what it is for."),
    ("help:sheet_survey", "The survey", "Every question in both languages, to answer by hand."),
    ("help:sheet_court", "A day in court", "Your youth by code, with room for where, when and who goes."),
]


@require_safe
def index(request):
    may_add = request.user.has_role(Role.ADMIN, Role.DIRECTOR) and "practice" not in program.current().done
    context = {"mine": guides.of(request.user), "guides": guides.GUIDES, "sheets": SHEETS, "may_add": may_add}
    return render(request, "help/index.html", context)


@require_safe
def guide(request, role):
    if role not in guides.BY_ROLE:
        raise Http404
    return render(request, "help/guide.html", {"guide": guides.BY_ROLE[role], "active": "help"})


@require_safe
def glossary(request):
    return render(request, "help/words.html", {"words": words.WORDS.items(), "active": "help"})


@require_safe
def what_changed(request):
    return render(request, "help/changes.html", {"changes": changes(), "active": "help"})


@require_POST
def hint_hide(request, name):
    """Read once, put away for good."""
    if name not in guides.HINTS:
        raise Http404
    people.hide_hint(request.user, name)
    return redirect(name)


@require_POST
@only(Role.ADMIN, Role.DIRECTOR)
def practice_add(request):
    now, ours = timezone.now(), program.current()
    practice.make(by=request.user, at=now)
    ours.done = ours.done | {"practice": now.isoformat()}
    program.save(ours, by=request.user, at=now)
    messages.success(request, "The practice youth is there, in everybody's account menu.")
    return redirect("help:index")


@require_safe
def sheet_check_in(request):
    words = {"kinds": Meeting.Kind.labels, "moods": Meeting.Mood.labels, "topics": Meeting.Topic.labels}
    return render(request, "help/sheet_check_in.html", {"five": range(5), "active": "help", **words})


@require_safe
def sheet_sign_in(request):
    return render(request, "help/sheet_sign_in.html", {"lines": range(20), "active": "help"})


@require_safe
def sheet_survey(request):
    instrument = instruments.newest()
    asked = instruments.questions(instrument)
    items = [
        {
            "texts": [(language, item.text(language)) for language in instruments.LANGUAGES],
            "choices": list(zip(*(item.choices(language) for language in instruments.LANGUAGES), strict=True)),
        }
        for item in asked.items
    ]
    context = {"items": items, "standing": instruments.standing(instrument), "active": "help"}
    return render(request, "help/sheet_survey.html", context)


@require_safe
def sheet_court(request):
    """Codes alone: paper is left lying in corridors."""
    rows = Mentorship.objects.visible_to(request.user).filter(status__in=LIVED).select_related("case__youth")
    audit.note(*(row.case_id for row in rows))
    codes = sorted({row.code for row in rows})
    return render(request, "help/sheet_court.html", {"codes": codes, "blank": range(4), "active": "help"})
