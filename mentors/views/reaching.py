"""One tap to a mentor's own youth. The number is on no page before that tap."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

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


def reach(request, pk, how):
    rows = Mentorship.objects.checked_in_by(request.user).with_rights(request.user)
    mentorship = get_object_or_404(rows.select_related("case__youth", "mentor__user"), pk=pk)
    context = {"mentorship": mentorship, "how": how, "active": "my-youth"}
    try:
        context["link"], context["contact"] = reaching.reach(mentorship, how)
    except reaching.NotThisWay as problem:
        context["instead"] = str(problem)
    return render(request, "mentors/reach.html", context)
