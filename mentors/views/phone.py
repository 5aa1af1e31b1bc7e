"""A mentor's phone: whom to show up for next, thirty seconds to say it was done, and what was before."""

from collections import defaultdict
from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases.models import Case, SafeContact, SafetyNeed
from mentors import accompaniment, concerns, lifecycle, meetings, mentorships, pace, reaching, slots, workforce
from mentors.forms import AboutMeForm, CheckInForm, FirstMeetingForm, PaceForm, WhoseForm
from mentors.models import MOVES, Accompaniment, Concern, Meeting, Mentor, Mentorship, Status
from mlmc import program
from mlmc.core.access import only
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role
from mlmc.core.pages import page_of

SOON = timedelta(days=2)
# Of a concern, to the mentor who raised it: about whom, and who has it
HAS_IT = ["case__youth__code", "case__youth__chosen_name", "told_at", "acknowledged_at"]
HAS_IT += ["told__name", "told__is_program", "acknowledged_by__name", "acknowledged_by__is_program"]


@only(Role.MENTOR)
def about_me(request):
    """What a mentor chose to tell about herself."""
    mentor = get_object_or_404(Mentor, user=request.user)
    form = AboutMeForm(request.POST or None, told=mentor)
    if request.method == "POST" and form.is_valid():
        workforce.tell(mentor, **form.cleaned_data)
        messages.success(request, "Saved. The team sees it when they look for a match.")
        return redirect("mentors:my_youth")
    return render(request, "mentors/about_me.html", {"form": form, "active": "my-youth"})


@require_safe
@only(Role.MENTOR)
def my_youth(request):
    user, now = request.user, timezone.now()
    saved = Meeting.objects.visible_to(user).filter(
        logged_by=user, logged_at__gt=now - meetings.UNDO_WITHIN, taken_up_at=None, concern=None
    )
    worries = Concern.objects.read_by(user).unresolved().filter(raised_by=user).with_rights(user)
    worries = worries.select_related("case__youth", "told", "acknowledged_by").only(*HAS_IT)
    mentor = Mentor.objects.filter(user=user).with_places().first()
    asked = []
    if mentor and mentor.held:
        asked = Mentorship.objects.visible_to(user).filter(mentor=mentor, status=Status.ASKING).order_by("held_until")
    rows = caseload(user, program.of(request), today=timezone.localdate(now))
    context = {
        "mentor": mentor,
        "first_name": user.name.partition(" ")[0],
        "today": timezone.localdate(now),
        "asked": asked,
        "caseload": rows,
        "next": soonest(rows, at=now),
        "concerns": worries.order_by("raised_at"),
        "saved": saved.only("mentorship", "kind", "reached", "logged_at").order_by("-logged_at").first(),
        "active": "my-youth",
    }
    if saved := context["saved"]:
        context["undo_until"] = saved.logged_at + meetings.UNDO_WITHIN
        context["saved_about"] = next((row for row in rows if row.pk == saved.mentorship_id), None)
        context["saved_as"] = saved_words(saved)
    return render(request, "mentors/my_youth.html", context)


def caseload(user, settings, *, today):
    """A mentor's youth, the longest since contact against the pace on top. Twelve and the family: sorted here."""
    rows = Mentorship.objects.checked_in_by(user).with_rights(user).for_list()
    kinds = dict(Meeting.Kind.choices)
    ordered = pace.longest_first(rows, today=today, pace_days=settings.pace_days)
    plans = accompaniment.planned_for(ordered, user)
    contacts, needed = kept_safe([row.case.youth_id for row in ordered])
    for row in ordered:
        row.ways = reaching.offered(row.case, contacts.get(row.case.youth_id), at=timezone.now())
        row.needs = needed.get(row.case.youth_id, [])
        row.planned = plans[row.pk]
        row.last_kind_words = kinds.get(row.last_kind, "").lower()
    return ordered


def soonest(caseload, *, at):
    """Of whose youth something is planned next, with that plan as `coming`: the first within two days, or nobody."""
    for row in caseload:
        row.coming = next((plan for plan in row.planned if at < plan.begins_at <= at + SOON), None)
    return min((row for row in caseload if row.coming), key=lambda row: row.coming.begins_at, default=None)


def kept_safe(youth):
    """How each may be reached, and what stands about their safety: two questions, however many youth."""
    contacts = {contact.youth_id: contact for contact in SafeContact.objects.filter(youth__in=youth)}
    needed = defaultdict(list)
    for need in SafetyNeed.objects.standing().filter(youth__in=youth):
        needed[need.youth_id].append(need)
    return contacts, needed


@require_safe
@only(Role.MENTOR)
def check_in_choose(request):
    """Whom the check-in is about."""
    rows = caseload(request.user, program.of(request), today=timezone.localdate())
    return render(request, "mentors/check_in_choose.html", {"caseload": rows, "active": "check-in"})


@only(Role.MENTOR)
@opens_a_youth
def check_in(request, pk):
    user, now = request.user, timezone.now()
    theirs = Mentorship.objects.checked_in_by(user)
    # what is saved needs no name, and a mentor in a corridor waits for nothing else
    found = theirs.select_related("case") if request.method == "POST" else shown(theirs, user)
    mentorship = get_object_or_404(found, pk=pk)
    taps = request.POST or None
    form = CheckInForm(taps, initial=None if taps else first_taps(mentorship, today=timezone.localdate(now)))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        safety, safety_words = said.pop("safety"), said.pop("safety_words")
        try:
            meeting = meetings.log(mentorship, by=user, at=now, **said)
        except meetings.NotDuringMentorship as problem:
            form.add_error("held_on", str(problem))
        else:
            if safety:
                source = Concern.Source.CHECK_IN
                concerns.raise_concern(
                    mentorship.case, source=source, at=now, by=user, words=safety_words, meeting=meeting
                )
            if safety:
                words = f"{saved_words(meeting)} Somebody on call is being told about safety now."
                messages.success(request, words)
            return redirect("mentors:my_youth")
    if request.method == "POST":
        mentorship = shown(theirs, user).get(pk=pk)
    people = concerns.rota(mentorship.case, but=user)
    context = {
        "form": form,
        "mentorship": mentorship,
        "safety_needs": mentorship.case.youth.safety_needs.standing(),
        "told": people[0].short_name if people else "",
        "minutes_until_next": program.current().acknowledge_minutes,
    }
    return render(request, "mentors/check_in.html", context)


def shown(mentorships, user):
    return mentorships.with_rights(user).select_related("case__youth", "mentor__user")


def first_taps(mentorship, *, today):
    """Preset to the last way used; everything else waits for a tap."""
    last = mentorship.meetings.filter(undone_at=None, logged_by=mentorship.mentor.user).order_by("-held_on", "-pk")
    kind = last.values_list("kind", flat=True).first()
    return {"held_on": today, "kind": kind or Meeting.Kind.IN_PERSON}


def saved_words(meeting):
    return f"Saved: {meetings.said(meeting).lower()}."


@require_POST
@only(Role.MENTOR)
def check_in_undo(request, pk):
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).filter(logged_by=request.user), pk=pk)
    try:
        meetings.undo(meeting, by=request.user, at=timezone.now())
    except meetings.CannotUndo as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Taken back. Nothing of it is kept in the log.")
    return redirect("mentors:my_youth")


@only(Role.MENTOR)
def check_in_move(request, pk):
    """It was about another youth of hers: whose it is, whenever it is noticed."""
    user = request.user
    mine = Meeting.objects.visible_to(user).filter(logged_by=user).select_related("mentorship__case__youth")
    meeting = get_object_or_404(mine, pk=pk)
    others = Mentorship.objects.checked_in_by(user).with_rights(user).exclude(pk=meeting.mentorship_id)
    form = WhoseForm(request.POST or None, others=others.select_related("case__youth", "mentor__user"))
    if request.method == "POST" and form.is_valid():
        try:
            meetings.move(meeting, form.cleaned_data["to"], by=user, at=timezone.now())
        except (meetings.CannotUndo, meetings.NotDuringMentorship) as problem:
            form.add_error("to", str(problem))
        else:
            messages.success(request, "Moved. Nobody reads it under the other youth any more.")
            return redirect(form.cleaned_data["to"])
    under = Mentorship.objects.visible_to(user).with_rights(user).select_related("case__youth")
    context = {"form": form, "meeting": meeting, "under": under.get(pk=meeting.mentorship_id)}
    context |= {"saved_as": meetings.said(meeting), "active": "my-youth"}
    return render(request, "mentors/check_in_move.html", context)


def opened(request, pk):
    """A mentorship whose log this person opens, or 404."""
    rows = Mentorship.objects.read_by(request.user).with_rights(request.user)
    return get_object_or_404(rows.select_related("case__youth", "mentor__user"), pk=pk)


@require_safe
@opens_a_youth
def meeting_log(request, pk):
    return show_log(request, opened(request, pk))


def show_log(request, mentorship, *, pace_form=None, first_form=None):
    user, youth = request.user, mentorship.case.youth
    found = Meeting.objects.visible_to(user).filter(mentorship=mentorship).select_related("logged_by")
    rows, after = page_of(found, by="held_on", after=request.GET.get("after", ""), newest_first=True)
    plans = Accompaniment.objects.visible_to(user).for_log(at=timezone.now()).filter(mentorship=mentorship)
    mine, may = mentorship.mentor.user_id == user.pk, may_check_in(user, mentorship)
    following = set(MOVES[mentorship.status]) & set(mentorships.STAGES)
    if first_form is None and mine and mentorship.first_met_on is None:
        first_form = FirstMeetingForm(initial={"met_on": timezone.localdate()})
    context = {
        "mentorship": mentorship,
        "safety_needs": youth.safety_needs.standing(),
        "meetings": rows,
        "after": after,
        "plans": accompaniment.with_warnings(plans.select_related("mentorship__case", "mentorship__mentor")),
        "may_plan": Mentorship.objects.planned_by(user).filter(pk=mentorship.pk).exists(),
        "mine": mine,
        "may_be_mistaken": user.has_role(Role.SUPERVISOR) and not mine and Status.MISTAKEN in MOVES[mentorship.status],
        "ways": reaching.offered(mentorship.case, getattr(youth, "safe_contact", None), at=timezone.now()),
        "may_move": user.has_role(Role.MENTOR),
        "may_check_in": may,
        "pace_form": pace_form or (PaceForm(mentorship=mentorship) if following else None),
        "first_form": first_form,
        "first_place": dict(Meeting.PlaceKind.choices).get(mentorship.first_place_kind, ""),
        "form": next((form for form in (pace_form, first_form) if form is not None and form.errors), None),
        "back": "mentors:my_youth" if mine or may else "mentors:team" if user.has_role(Role.SUPERVISOR) else "home",
        "active": "my-youth",
    }
    if mine or may:
        return render(request, "mentors/meeting_log.html", context)
    context |= {"active": "team", "case": Case.objects.opened_by(user).filter(pk=mentorship.case_id).first()}
    return render(request, "mentors/meeting_log_staff.html", context)


def may_check_in(user, mentorship):
    """A mentor about her own youth, and about one she covers for a colleague."""
    if mentorship.mentor.user_id == user.pk:
        return mentorship.status not in (Status.ENDED, Status.ASKING)
    return user.has_role(Role.MENTOR) and Mentorship.objects.checked_in_by(user).filter(pk=mentorship.pk).exists()


@require_POST
@opens_a_youth
def change_pace(request, pk):
    mentorship = opened(request, pk)
    form = PaceForm(request.POST, mentorship=mentorship)
    if form.is_valid():
        try:
            mentorships.change_pace(mentorship, form.cleaned_data["to"], by=request.user, at=timezone.now())
        except (lifecycle.MoveNotAllowed, slots.NoPlaceLeft) as problem:
            form.add_error("to", str(problem))
        else:
            messages.success(request, f"Changed: {Status(mentorship.status).label} from now on.")
            return redirect(mentorship)
    return show_log(request, mentorship, pace_form=form)


@require_POST
@only(Role.MENTOR)
@opens_a_youth
def first_meeting(request, pk):
    rows = Mentorship.objects.checked_in_by(request.user).with_rights(request.user)
    mentorship = get_object_or_404(rows.select_related("case__youth", "mentor__user"), pk=pk)
    form = FirstMeetingForm(request.POST)
    if form.is_valid():
        try:
            meetings.first_meeting(mentorship, by=request.user, at=timezone.now(), **form.cleaned_data)
        except meetings.NotDuringMentorship as problem:
            form.add_error("met_on", str(problem))
        else:
            messages.success(request, "Your first meeting is written down.")
            return redirect(mentorship)
    return show_log(request, mentorship, first_form=form)
