"""Is it up? For a machine that starts, stops and watches this one. The answers tell nothing else to anybody."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mlmc.policy_reports import policy_report


@login_not_required  # a watching machine has no account, and learns one word
@require_safe
def alive(request):
    """This process answers. It asks no database, so that a database that is down restarts no web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required  # as above
@require_safe
def ready(request):
    """It can work: the database answers. The queue need not; what is due waits in the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error:
        return HttpResponse("not now\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


AT_THE_GATE = {"/alive/": alive, "/ready/": ready, "/csp/": policy_report}


def at_the_gate(get_response):
    """Answered before there is a session, an actor or a trail: nobody is served here and no record is touched."""

    def middleware(request):
        view = AT_THE_GATE.get(request.path_info)
        return view(request) if view else get_response(request)

    return middleware
