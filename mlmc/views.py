"""Where a person lands, and what an error looks like."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from cases.models import Case
from mlmc import navigation

ALONE = {"demo": settings.MLMC_DEMO}  # what a page may know that asks nothing of anybody


@require_safe
def home(request):
    """Each role's first screen; somebody with several roles lands on the first of them."""
    return redirect(navigation.first_screen(request.user))


@require_safe
def practice(request):
    """The made-up youth everybody may open, to learn on."""
    return redirect(get_object_or_404(Case.objects.visible_to(request.user), youth__is_practice=True))


def bad_request(request, exception=None):
    return HttpResponse(get_template("400.html").render(ALONE), status=400)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def broken(request):
    """Whatever broke may be the database: this page asks nothing of anybody."""
    return HttpResponse(get_template("500.html").render(ALONE), status=500)
