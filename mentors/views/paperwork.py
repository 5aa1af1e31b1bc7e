"""Check-ins handed over: what support can take off a mentor now. By code, with the taps and the words shared."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases.models import Access, As
from mentors import meetings
from mentors.models import Meeting
from mlmc.core.access import only
from mlmc.core.models import Role
from mlmc.core.pages import page_of


def handed_over(user):
    """The check-ins handed to this person's teams; the name only where another row opens it."""
    cases = Access.objects.cases_open_to(user, [As.SUPPORT])
    found = Meeting.objects.visible_to(user).filter(handed_over=True, mentorship__case__in=cases)
    return found.annotate(opens_name=Access.objects.names_open_to(user, "mentorship__case"))


@require_safe
@only(Role.SUPPORT)
def paperwork(request):
    mine = request.GET.get("show") == "mine"
    found = handed_over(request.user).select_related("mentorship__case__youth", "mentorship__mentor__user")
    after = request.GET.get("after", "")
    if mine:
        found = found.filter(taken_up_by=request.user)
        rows, after = page_of(found, by="taken_up_at", after=after, newest_first=True)
    else:
        rows, after = page_of(found.filter(taken_up_at=None), by="logged_at", after=after)
    for meeting in rows:
        meeting.topic_words = ", ".join(Meeting.Topic(topic).label for topic in meeting.topics)
        meeting.youth, meeting.code = meeting.mentorship.case.youth, meeting.mentorship.case.youth.code
        meeting.whose = meeting.mentorship.case_id
    context = {"rows": rows, "after": after, "mine": mine, "active": "paperwork"}
    return render(request, "mentors/paperwork.html", context)


@require_POST
@only(Role.SUPPORT)
def paperwork_take_up(request, pk):
    meeting = get_object_or_404(handed_over(request.user), pk=pk)
    taken = meetings.take_up(meeting, by=request.user, at=timezone.now())
    if taken.taken_up_by_id == request.user.pk:
        messages.success(request, "It is yours now. You find it under Taken up by me.")
    else:
        messages.info(request, "Somebody else has taken this one up already.")
    return redirect("mentors:paperwork")
