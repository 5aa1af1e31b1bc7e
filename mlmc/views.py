"""Where a person lands, and what an error looks like."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mlmc import navigation


@require_safe
def home(request):
    """Each role's first screen; somebody with several roles lands on the first of them."""
    return redirect(navigation.first_screen(request.user))


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def broken(request):
    return render(request, "500.html", status=500)
