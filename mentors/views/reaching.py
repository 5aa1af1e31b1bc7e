"""One tap to a mentor's own youth. The number is on no page before that tap."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import safety
from cases.models import SafeContact
from cases.safety_forms import SafeContactForm
from mentors import reaching
from mentors.models import Mentorship
from mentors.reaching import How
from mlmc.core.access import only
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role


@require_POST
@only(Role.MENTOR)
@opens_a_youth
def call(request, pk):
    return reach(request, pk, How.CALL)


@require_POST
@only(Role.MENTOR)
@opens_a_youth
def text(request, pk):
    return reach(request, pk, How.TEXT)


@only(Role.MENTOR)
@opens_a_youth
def safe_contact(request, pk):
    """Nobody can ask better than she who sits with them."""
    rows = Mentorship.objects.checked_in_by(request.user).with_rights(request.user)
    mentorship = get_object_or_404(rows.select_related("case__youth", "mentor__user"), pk=pk)
    contact = SafeContact.objects.filter(youth=mentorship.case.youth_id).select_related("confirmed_by").first()
    form = SafeContactForm(request.POST or None)  # not filled in: no number is on a page before it is asked for
    if mentorship.case.missing_since:
        messages.error(request, "They are missing from care: nothing is asked or changed now.")
        return redirect(mentorship)
    if form.is_valid():
        safety.say_how_to_reach(mentorship.case, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Confirmed. Call and Text keep to it.")
        return redirect(mentorship)
    context = {"mentorship": mentorship, "contact": contact, "form": form, "active": "my-youth"}
    context["is_safe"] = safety.is_safe(contact, at=timezone.now())
    return render(request, "mentors/safe_contact.html", context)


def reach(request, pk, how):
    rows = Mentorship.objects.checked_in_by(request.user).with_rights(request.user)
    mentorship = get_object_or_404(rows.select_related("case__youth", "mentor__user"), pk=pk)
    context = {"mentorship": mentorship, "how": how, "active": "my-youth"}
    try:
        context["link"], context["contact"] = reaching.reach(mentorship, how, at=timezone.now())
    except reaching.NotThisWay as problem:
        context["instead"] = str(problem)
    return render(request, "mentors/reach.html", context)
