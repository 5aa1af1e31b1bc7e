"""A supervisor's team: concerns first, then each mentor. And one concern, for those who may see it."""

from django.contrib import messages
from django.db import models
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases.models import Case
from mentors import concerns, lifecycle, mentorships, pace, places
from mentors.forms import MistakenForm, OnCallForm, ResolveForm
from mentors.models import LIVED, Concern, ConcernStatus, Leave, Mentor, Mentorship, MentorStatus, Status
from mlmc import program
from mlmc.core import holding
from mlmc.core.access import only
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role, User


@require_safe
@only(Role.SUPERVISOR)
def team(request):
    user, settings = request.user, program.current()
    open_concerns = list(in_hand(user))
    context = {
        "concerns": open_concerns,
        "mentors": mentors_of(user, open_concerns, settings=settings, today=timezone.localdate()),
        "on_call": rota_names(settings.on_call),
        "left_behind": holding.left_behind(user),
        "active": "team",
    }
    return render(request, "mentors/team.html", context)


def in_hand(user):
    """Open concerns of this supervisor: those nobody has taken stand first, the longest told on top."""
    untaken = models.When(status=ConcernStatus.TOLD, then=models.Value(0))
    turn = models.Case(untaken, default=models.Value(1), output_field=models.IntegerField())
    rows = Concern.objects.taken_on_by(user).unresolved().with_rights(user).annotate(turn=turn)
    return rows.select_related("case__youth", "told", "acknowledged_by").order_by("turn", "told_at", "pk")


def mentors_of(user, open_concerns, *, settings, today):
    """Each mentor of the team with the youth they meet, whom they have not seen for longest first."""
    now = timezone.now()
    leaves = list(Leave.objects.visible_to(user).current(now).select_related("cover").order_by("-begins"))
    away = {leave.person_id: leave for leave in leaves if leave.granted_at}
    asking = {leave.person_id for leave in leaves if not leave.granted_at}
    teams = teams_of(user, at=now)
    if not teams:
        return []
    mentors = Mentor.objects.filter(user__team__in=teams, user__is_active=True)
    mentors = places.counted(mentors.exclude(status=MentorStatus.DEPARTED).select_related("user").order_by("pk"))
    rows = Mentorship.objects.visible_to(user).filter(mentor__in=mentors, status__in=LIVED).with_rights(user)
    ordered = pace.longest_first(rows.for_list(), today=today, pace_days=settings.pace_days)
    worried = {concern.case_id for concern in open_concerns}
    for mentor in mentors:
        mentor.step, mentor.step_words = STEPS.get(mentor.status, (None, ""))
        mentor.youth = [row for row in ordered if row.mentor_id == mentor.pk]
        mentor.family = sum(row.status == Status.FAMILY for row in mentor.youth)
        mentor.leave, mentor.asks_for_leave = away.get(mentor.user_id), mentor.user_id in asking
        mentor.may_be_handed_over = holding.may_hand_over(user, mentor.user)
        mentor.longest = mentor.youth[0] if mentor.youth else None
        mentor.over = sum(row.standing.is_over for row in mentor.youth)
        mentor.concerns = sum(row.case_id in worried for row in mentor.youth)
    return sorted(mentors, key=lambda one: (-one.concerns, -one.over, one.pk))


def teams_of(user, *, at):
    """One's own team, and those of the supervisors one covers for now."""
    rows = Leave.objects.in_force(at).filter(cover=user, person__roles__contains=[Role.SUPERVISOR])
    return {team for team in (user.team_id, *rows.values_list("person__team", flat=True)) if team}


# What a supervisor can say of a mentor where she is now. Time away is planned, so that somebody covers.
STEPS = {
    MentorStatus.SHADOWING: (MentorStatus.READY, "Mark as ready for youth"),
    MentorStatus.ON_LEAVE: (MentorStatus.ACTIVE, "Mark as back"),
}


@require_POST
@only(Role.SUPERVISOR)
def mentor_step(request, pk):
    """The next step of a mentor of one's own team: ready after shadowing, and back from leave."""
    mentors = Mentor.objects.filter(user__team__in=teams_of(request.user, at=timezone.now()))
    mentor = get_object_or_404(mentors.select_related("user"), pk=pk)
    to, _ = STEPS.get(mentor.status, (None, ""))
    if to and request.POST.get("to") == to:
        lifecycle.move_mentor(mentor, to)
    messages.info(request, f"{mentor.user.first_name} is {mentor.get_status_display()} now.")
    return redirect("mentors:team")


def rota_names(on_call):
    people = {str(person.pk): person for person in User.objects.with_role(Role.SUPERVISOR).filter(pk__in=on_call)}
    return [people[one].short_name for one in on_call if one in people]


@only(Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN)
def on_call(request):
    settings = program.current()
    form = OnCallForm(request.POST if request.method == "POST" else None, on_call=settings.on_call)
    if form.is_bound and form.is_valid():
        settings.on_call = form.cleaned_data["on_call"]
        program.save(settings, by=request.user, at=timezone.now())
        messages.success(request, "Saved. The next concern goes to whoever stands first.")
        return redirect("mentors:team" if request.user.has_role(Role.SUPERVISOR) else "home")
    context = {"form": form, "minutes": settings.acknowledge_minutes, "active": "team"}
    return render(request, "mentors/on_call.html", context)


@only(Role.SUPERVISOR)
@opens_a_youth
def mistaken(request, pk):
    """This match was a mistake, and nobody's wish. No goodbye stands on the timeline."""
    rows = Mentorship.objects.read_by(request.user).with_rights(request.user).exclude(mentor__user=request.user)
    mentorship = get_object_or_404(rows.select_related("case__youth", "mentor__user"), pk=pk)
    form = MistakenForm(request.POST or None)
    if form.is_valid():
        try:
            mentorships.mistaken(mentorship, by=request.user, at=timezone.now(), **form.cleaned_data)
        except lifecycle.MoveNotAllowed as problem:
            form.add_error("note", str(problem))
        else:
            messages.success(request, "Written down. The youth waits for a match, where they stood before.")
            return redirect("mentors:team")
    return render(request, "mentors/mistaken.html", {"mentorship": mentorship, "form": form, "active": "team"})


def read(request, pk):
    rows = Concern.objects.read_by(request.user).with_rights(request.user)
    people = ("told", "raised_by", "acknowledged_by", "resolved_by")
    return get_object_or_404(rows.select_related("case__youth", "meeting", *people), pk=pk)


@require_safe
@opens_a_youth
def concern(request, pk):
    return show_concern(request, read(request, pk))


def show_concern(request, concern, form=None):
    mine_to_take = Concern.objects.taken_on_by(request.user).filter(pk=concern.pk).exists()
    context = {
        "concern": concern,
        "can_acknowledge": mine_to_take and concern.status == ConcernStatus.TOLD,
        "can_resolve": mine_to_take and concern.status == ConcernStatus.ACKNOWLEDGED,
        "form": form or ResolveForm(),
        "minutes": program.current().acknowledge_minutes,
        "safety_needs": concern.case.youth.safety_needs.standing() if mine_to_take else [],
        "back": back_of(request.user),
        "active": "team",
    }
    context |= leads_on(request.user, concern)
    return render(request, "mentors/concern.html", context)


def back_of(user):
    """The first screen on which this person finds concerns: its name and what it is called."""
    screens = [(Role.SUPERVISOR, "mentors:team", "My team"), (Role.MENTOR, "mentors:my_youth", "My youth")]
    return next(((where, words) for role, where, words in screens if user.has_role(role)), ("home", "First page"))


def leads_on(user, concern):
    """What whoever has it opens next: the case, and who meets this youth."""
    meets = Mentorship.objects.read_by(user).lived().filter(case=concern.case_id).select_related("mentor__user")
    return {"case": Case.objects.opened_by(user).filter(pk=concern.case_id).first(), "meets": meets.order_by("pk")}


def to_take(request, pk):
    """A concern this person may act on; who only raised it gets 404 here."""
    rows = Concern.objects.taken_on_by(request.user).with_rights(request.user)
    return get_object_or_404(rows.select_related("case__youth", "told"), pk=pk)


@require_POST
@opens_a_youth
def concern_acknowledge(request, pk):
    concern = to_take(request, pk)
    try:
        concerns.acknowledge(concern, by=request.user, at=timezone.now())
    except lifecycle.MoveNotAllowed as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "You have it. Nobody else is being told any more.")
    return redirect(concern)


@require_POST
@opens_a_youth
def concern_resolve(request, pk):
    concern, form = to_take(request, pk), ResolveForm(request.POST)
    if form.is_valid():
        try:
            concerns.resolve(concern, by=request.user, at=timezone.now(), **form.cleaned_data)
        except lifecycle.MoveNotAllowed as problem:
            form.add_error("resolution", str(problem))
        else:
            messages.success(request, "Resolved, with your words kept.")
            return redirect("mentors:team" if request.user.has_role(Role.SUPERVISOR) else "home")
    return show_concern(request, concern, form)
