"""The match board: pick a youth, see mentors, ask both. And the one question a mentor is asked on the phone."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import codes
from cases.forms import uuid_or_none
from cases.models import Case, CaseStatus
from matching import ask
from matching.forms import AnswerForm, ProposeForm
from matching.models import Match
from matching.suggest import Candidate, suggest
from mentors.models import Mentor, Mentorship, Status
from mentors.places import NoPlaceLeft, NotToBeAsked
from mlmc.core import audit, undo
from mlmc.core.access import only, visible_or_404
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role
from mlmc.core.pages import page_of

LOOKERS = (Role.ASSESSMENT, Role.INTAKE)


def waiting_for(user, *, after):
    """One page of who waits, the longest first, with whether both are being asked; and where the next begins."""
    rows = Case.objects.visible_to(user).waiting().with_rights(user).select_related("youth")
    found, after = page_of(rows, by="accepted_at", after=after)
    asking = set(Mentorship.objects.filter(case__in=found, status=Status.ASKING).values_list("case", flat=True))
    for case in found:
        case.is_asking = case.pk in asking
    return found, after


@require_safe
@only(*LOOKERS)
def board(request):
    """Whoever waits longest is picked first."""
    return show_board(request, case=None)


@require_safe
@only(*LOOKERS)
@opens_a_youth
def board_of(request, pk):
    return show_board(request, case=picked(request, pk))


def picked(request, pk):
    rows = Case.objects.filter(status=CaseStatus.WAITING, youth__is_practice=False).with_rights(request.user)
    return visible_or_404(rows.select_related("youth"), request.user, pk=pk)


def show_board(request, *, case, form=None):
    now = timezone.now()
    waiting, after = waiting_for(request.user, after=request.GET.get("after", ""))
    if case is None and waiting:
        case = waiting[0]
    context = {"waiting": waiting, "after": after, "case": case, "form": form, "active": "match"}
    if request.user.has_role(Role.ASSESSMENT) and (last := ask.to_take_back(request.user, at=now)):
        audit.note(last.mentorship.case_id)
        context |= {"last": last, "undo_until": undo.until(latest(last, request.user))}
    if case is not None:
        match = open_match(case)
        in_mind = form.data.get("mentor") if form is not None else request.GET.get("propose", "")
        context |= {
            "match": match,
            "safety_needs": case.youth.safety_needs.standing(),
            "wishes": [codes.WISHES[wish] for wish in case.youth.wishes if wish in codes.WISHES],
            "can_propose": request.user.has_role(Role.ASSESSMENT),
            "found": None if match else suggest(case, at=now, chosen=uuid_or_none(in_mind)),
            "proposed": in_mind,
            "propose_form": form or ProposeForm(),
        }
        if context["found"]:
            show_chosen_first(context)
    return render(request, "matching/board.html", context)


def latest(match, user):
    """When this person last acted on it."""
    return match.youth_answered_at if match.youth_answer_by_id == user.pk else match.decided_at


def show_chosen_first(context):
    """The mentor the team is about to propose, with the form under her reasons."""
    chosen = context["found"].chosen
    context["chosen"] = chosen if context["can_propose"] and isinstance(chosen, Candidate) else None
    if context["chosen"] and context["form"] is None:
        context["propose_form"] = ProposeForm(initial={"mentor": chosen.mentor.pk})


def open_match(case):
    rows = Match.objects.filter(mentorship__case=case, mentorship__status=Status.ASKING)
    return rows.select_related("mentorship__mentor__user", "decided_by").first()


@require_POST
@only(Role.ASSESSMENT)
def propose(request, pk):
    case, form = picked(request, pk), ProposeForm(request.POST)
    if form.is_valid():
        mentor = get_object_or_404(Mentor.objects.visible_to(request.user), pk=form.cleaned_data["mentor"])
        try:
            ask.ask_both(case, mentor, rationale=form.cleaned_data["rationale"], by=request.user, at=timezone.now())
        except (NotToBeAsked, NoPlaceLeft) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Both are being asked. Nothing is final until both say yes.")
            return redirect("matching:board_of", case.pk)
    return show_board(request, case=case, form=form)


@require_POST
@only(Role.ASSESSMENT)
def take_back(request, pk):
    """Whoever asked the wrong mentor, or wrote a yes down by mistake, has ten minutes."""
    now = timezone.now()
    match = ask.to_take_back(request.user, at=now)
    if match is None or match.pk != pk:
        raise Http404
    audit.note(match.mentorship.case_id)
    ask.take_back(match, by=request.user, at=now)
    messages.success(request, "Taken back. The place is free, and the youth waits where they stood.")
    return redirect("matching:board_of", match.mentorship.case_id)


@require_POST
@only(Role.ASSESSMENT)
def youth_answer(request, pk):
    """What the youth said, written down by the team."""
    match = visible_or_404(Match.objects.select_related("mentorship__case"), request.user, pk=pk)
    form = AnswerForm(request.POST)
    case = match.mentorship.case
    if not form.is_valid():
        messages.error(request, form.errors["answer"][0])
        return redirect("matching:board_of", case.pk)
    try:
        settled = ask.answer_for_youth(match, form.is_yes, by=request.user, at=timezone.now())
    except ask.NoLongerAsked as problem:
        messages.error(request, str(problem))
        return redirect("matching:board")
    messages.success(request, outcome(settled))
    begun = settled.mentorship.status == Status.BEGINNING
    return redirect("matching:board") if begun else redirect("matching:board_of", case.pk)


def outcome(match):
    if match.mentorship.status == Status.BEGINNING:
        return "Both said yes. They begin now, and their team steps in."
    if match.mentorship.status == Status.NOT_THIS_TIME:
        return "Not this time. The place is free again, and nobody has to say why."
    return "Written down. The other is still thinking."


def asked_of(request, pk):
    """The open question of a mentorship this mentor is asked about; who is not asked gets 404."""
    rows = Match.objects.visible_to(request.user).select_related("mentorship__case__youth", "mentorship__mentor")
    mine = rows.filter(mentorship__status=Status.ASKING, mentorship__mentor__user=request.user)
    match = get_object_or_404(mine, mentorship=pk)
    audit.note(match.mentorship.case_id)
    return match


@require_safe
@only(Role.MENTOR)
def asked(request, pk):
    """What a mentor may know before a yes: code, area, languages, wishes, what keeps the youth safe. No name."""
    match = asked_of(request, pk)
    youth = match.mentorship.case.youth
    context = {
        "match": match,
        "code": youth.code,
        "area": codes.AREAS.get(youth.area, ""),
        "languages": codes.words(youth.languages, codes.LANGUAGES),
        "wishes": codes.words(youth.wishes, codes.WISHES),
        # as received may hold a name: before a yes only the kind of need is shown
        "safety": sorted({need.get_kind_display() for need in youth.safety_needs.standing()}),
        "active": "my-youth",
    }
    return render(request, "matching/asked.html", context)


@require_POST
@only(Role.MENTOR)
def mentor_answer(request, pk):
    match, form = asked_of(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["answer"][0])
        return redirect("matching:asked", pk)
    try:
        settled = ask.answer_as_mentor(match, form.is_yes, by=request.user, at=timezone.now())
    except ask.NoLongerAsked as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, told_mentor(settled))
    return redirect("mentors:my_youth")


def told_mentor(match):
    if match.mentorship.status == Status.BEGINNING:
        return "You both said yes. Welcome each other."
    if match.mentorship.status == Status.NOT_THIS_TIME:
        return "Not this time, and that is all anybody needs to know. Your place is free again."
    return "Thank you. We ask the youth as well, and you will see it here."
