"""What stands between being signed in and a page: the lock, and a second factor that is still to come."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from mlmc.core import audit
from mlmc.core.door import carried, factors, sessions
from mlmc.core.door.forms import CodeForm, SignInForm, UnlockForm

LOCKED, UNPROVEN = "locked", "unproven"


def open_while(*states):
    """A page for people who are locked out of the rest, or have no second factor yet."""

    def mark(view):
        view.open_while = frozenset(states)
        return view

    return mark


def is_poll(request):
    """A part of a page that fetches itself anew (`hx-headers='{"X-Poll": "1"}'`): nobody did anything."""
    return request.headers.get("X-Poll") == "1"


class Gate:
    """After authentication, before Django asks for a sign-in. Pages that need none are none of its business."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return too_late(request)
        now, may_open = timezone.now(), getattr(view, "open_while", ())
        if request.session.is_locked(at=now):
            return None if LOCKED in may_open else kept_out(request)
        if request.session.row.factor_at is None:
            return None if UNPROVEN in may_open else redirect("core:set_up")
        if not is_poll(request):
            request.session.seen(at=now)
        return None


def too_late(request):
    """A form sent after twelve hours: it asks to sign in, and whoever began the session gets back what they typed."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    owner = sessions.whose(key) if key and request.method == "POST" else None
    if owner is None:
        return None
    going = {"next": "", "carried": carried.from_request(request, owner)}
    return render(request, "core/sign_in.html", {"form": SignInForm(), **going})


def kept_out(request):
    """The unlock page in place of whatever was asked for. What was typed goes along."""
    if is_poll(request):
        request.kept_out = True
        return HttpResponse(status=204)
    going = {"next": request.get_full_path(), "carried": ""}
    if request.method == "POST":
        going = {"next": "", "carried": carried.from_request(request, request.user.pk)}
    response = show_lock(request, going)
    if request.headers.get("HX-Request"):  # a part of a page: the whole of it goes
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def show_lock(request, going, form=None):
    request.kept_out = True  # no menu, no count
    audit.say(audit.DENY, why="the screen is locked")
    return render(request, "core/lock.html", {"form": form or UnlockForm(), **going})


def needs_proof(request):
    """Whether to ask for a second factor now. Who is only setting up their first has none to be asked for."""
    if request.session.is_fresh(at=timezone.now()):
        return False
    return request.session.row.factor_at is not None or factors.has_any(request.user)


def ask_for_proof(request):
    """The question in place of the page: with what was typed along, or on the way to where somebody was going."""
    if request.method != "POST":
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('core:confirm')}?{query}")
    going = {"next": "", "carried": carried.from_request(request, request.user.pk)}
    return show_question(request, going)


def show_question(request, going, form=None):
    request.kept_out = True
    audit.say(audit.DENY, why="a second factor is asked for")
    return render(request, "core/confirm.html", {"form": form or CodeForm(), **going})
