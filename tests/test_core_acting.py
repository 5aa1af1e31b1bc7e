"""One request, one actor, one transaction; a task and a command the same. All of it happens, or none of it."""

import pytest
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import get_messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, include, path
from django.views.decorators.csrf import csrf_exempt

from mlmc.alive import AT_THE_GATE
from mlmc.core.context import NOBODY, Actor, on_duty, under
from mlmc.core.models import Team, User
from mlmc.core.postgres.roles import APP
from tests import cluster
from tests.conftest import ProvenClient, StrictClient, as_role
from tests.factories import UserFactory
from tests.test_core_context import who

handler400, handler403, handler404, handler500 = (
    "mlmc.views.bad_request",
    "mlmc.views.forbidden",
    "mlmc.views.not_found",
    "mlmc.views.broken",
)


def half_done():
    with on_duty("accounts"):
        Team.objects.create(name="half done")


def words_of(actor):
    return f"{actor.user_id or 'no person'}: {', '.join(actor.scope)}"


def told(request):
    return HttpResponse(words_of(who()))


def deferred(request):
    """Rendered after the view is over, as a generic or an API view is."""
    page = engines["django"].from_string("{{ actor }}{% if team %}{{ team }}{% endif %}")
    return TemplateResponse(request, page, {"actor": lambda: words_of(who())})


def late(request):
    """Writes in the view; what the page shows breaks only while it is rendered."""
    half_done()
    return TemplateResponse(request, engines["django"].from_string("{{ broken }}"), {"broken": lambda: 1 // 0})


def answers(request, status):
    half_done()
    messages.success(request, "Said on the way.")
    request.session["kept"] = "yes"
    return HttpResponse(status=status)


def raises(request, problem):
    half_done()
    raise {
        "404": Http404,
        "403": PermissionDenied,
        "400": BadRequest,
        "500": ZeroDivisionError,
        "database": DatabaseError,
    }[problem]


def breaks_the_transaction(request):
    half_done()
    with connection.cursor() as cursor:
        cursor.execute("select 1/0")


def nothing(request):
    """A view that forgets its answer."""
    half_done()


def next_page(request):
    return HttpResponse(f"{request.session.get('kept')} {[str(line) for line in get_messages(request)]}")


def streams(request):
    return StreamingHttpResponse(word() for word in [lambda: words_of(who())])


def loses_the_database(request):
    half_done()
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(pg_backend_pid())")


def public(view, name):
    return login_not_required(under(name)(view))


urlpatterns = [
    path("told/", told),
    path("deferred/", deferred),
    path("late/", late),
    path("answers/<int:status>/", answers),
    path("raises/<str:problem>/", raises),
    path("breaks/", breaks_the_transaction),
    path("nothing/", nothing),
    path("next/", next_page),
    path("streams/", streams),
    path("loses/", loses_the_database),
    *[path(f"{name}/", public(told, name)) for name in ("door", "referrer", "respondent")],
    path(
        "referrer/exempt/", csrf_exempt(public(told, "referrer"))
    ),  # the survey is exempt too: no cookie gives a right there
    path("referrer/closed/", under("referrer")(told)),
    path("referrer/deferred/", public(deferred, "referrer")),
    path("referrer/late/", public(late, "referrer")),
    path("referrer/answers/<int:status>/", public(answers, "referrer")),
    path("referrer/raises/<str:problem>/", public(raises, "referrer")),
    path("referrer/nothing/", public(nothing, "referrer")),
    path("referrer/next/", public(next_page, "referrer")),
    path("", include("mlmc.urls")),
]


@pytest.fixture(autouse=True)
def these_pages(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def user(db):
    return UserFactory(mentor=True, supervisor=True)


@pytest.fixture
def browser(client, user):
    client.raise_request_exception = False
    client.force_login(user)
    return client


def test_a_page_is_made_as_whoever_is_signed_in(browser, user):
    expected = f"{user.pk}: mentor, supervisor"

    assert browser.get("/told/").content.decode() == expected
    assert browser.get("/deferred/").content.decode() == expected  # rendered after the view, in its transaction


@pytest.mark.parametrize("name", ["door", "referrer", "respondent"])
def test_a_view_under_a_name_acts_under_it_whoever_is_signed_in(client, browser, name):
    assert browser.get(f"/{name}/").content.decode() == f"no person: {name}"
    assert StrictClient().get(f"/{name}/").content.decode() == f"no person: {name}"
    assert browser.get("/referrer/deferred/").content.decode() == "no person: referrer"


def test_after_a_view_under_a_name_the_next_page_is_the_users_again(browser, user):
    browser.get("/referrer/")
    browser.get("/referrer/raises/500/")

    assert browser.get("/told/").content.decode() == f"{user.pk}: mentor, supervisor"


@pytest.mark.django_db
def test_a_name_opens_no_page_by_itself(client):
    answer = client.get("/referrer/closed/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=/referrer/closed/")


def test_forms_under_a_name_are_kept_from_other_sites_like_every_form(user):
    browser = StrictClient(enforce_csrf_checks=True)

    assert browser.post("/referrer/").status_code == 403
    assert browser.post("/sign-in/", {"email": user.email, "password": "x"}).status_code == 403
    assert browser.post("/referrer/exempt/").status_code == 200


def test_every_page_open_to_strangers_says_under_which_name_it_acts():
    """Without one it would act as nobody, and with somebody signed in on the machine, as them. What is answered
    before there is a session serves nobody at all."""
    patterns = list(get_resolver("mlmc.urls").url_patterns)
    while patterns:
        one = patterns.pop()
        if not isinstance(one, URLPattern):
            patterns += one.url_patterns
        elif not getattr(one.callback, "login_required", True) and one.callback not in AT_THE_GATE.values():
            assert getattr(one.callback, "acts_as", None) in {"door", "referrer", "respondent"}, one.pattern


BEGINNINGS = pytest.mark.parametrize("beginning", ["", "/referrer"], ids=["signed in", "under a name"])


@BEGINNINGS
@pytest.mark.parametrize(
    ("page", "status", "left"),
    [
        ("/answers/200/", 200, 1),
        ("/answers/302/", 302, 1),
        ("/answers/400/", 400, 0),
        ("/answers/409/", 409, 0),
        ("/answers/429/", 429, 0),
        ("/answers/503/", 503, 0),
        ("/raises/400/", 400, 0),
        ("/raises/403/", 403, 0),
        ("/raises/404/", 404, 0),
        ("/raises/500/", 500, 0),
        ("/raises/database/", 500, 0),
        ("/late/", 500, 0),
        ("/nothing/", 500, 0),
    ],
)
def test_an_answer_of_400_and_above_leaves_nothing_behind(browser, beginning, page, status, left):
    assert browser.post(beginning + page).status_code == status
    assert Team.objects.count() == left


@BEGINNINGS
def test_what_breaks_ends_in_the_page_for_it(browser, beginning):
    assert "Something went wrong on our side" in browser.post(f"{beginning}/raises/500/").content.decode()
    assert "Something went wrong on our side" in browser.post(f"{beginning}/late/").content.decode()


def test_a_broken_transaction_is_rolled_back_and_the_next_page_works(browser, user):
    assert browser.post("/breaks/").status_code == 500
    assert Team.objects.count() == 0
    assert browser.get("/told/").content.decode() == f"{user.pk}: mentor, supervisor"


@BEGINNINGS
def test_what_is_said_to_the_user_and_kept_in_their_session_survives(browser, beginning):
    browser.post(f"{beginning}/answers/302/")

    assert browser.get("/next/").content.decode() == "yes ['Said on the way.']"


def test_a_streaming_answer_is_nobodys_because_its_transaction_is_over(browser):
    answer = browser.get("/streams/")

    with as_role(APP):
        assert b"".join(answer.streaming_content).decode() == "no person: "


def test_somebody_switched_off_is_sent_to_sign_in(browser, user):
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert browser.get("/told/").headers["Location"].startswith("/sign-in/")
    assert Actor.of(User.objects.get(pk=user.pk)) == NOBODY


def test_a_database_that_goes_away_ends_in_the_503_page_and_its_return_is_noticed(log_in):
    user = UserFactory(mentor=True)
    log_in(APP)
    browser = ProvenClient(raise_request_exception=False)
    with on_duty("accounts"), transaction.atomic():  # as at sign-in: it keeps when that was
        browser.force_login(user)

    def get(page):
        close_old_connections()  # as a server does before each request, and the test client does not
        return browser.get(page)

    assert get("/loses/").status_code == 503
    assert get("/told/").content.decode() == f"{user.pk}: mentor"
    assert not Team.objects.exists()
    open_door(False)
    try:
        answer = get("/told/")
    finally:
        open_door(True)
    assert answer.status_code == 503
    assert "Nothing you saved is lost" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert get("/told/").content.decode() == f"{user.pk}: mentor"


def open_door(is_open):
    """Let the database take connections, or put everybody out and keep them out."""
    with cluster.postgres.superuser() as cursor:
        cursor.execute(f"alter database {cluster.DATABASE} with allow_connections {is_open}")
        if not is_open:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [cluster.DATABASE]
            )


def test_requests_on_one_lasting_connection_are_each_their_own(log_in):
    one, other = UserFactory(mentor=True), UserFactory(intake=True)
    log_in(APP)
    first, second, stranger = ProvenClient(), ProvenClient(), Client()
    with on_duty("accounts"), transaction.atomic():
        first.force_login(one)
        second.force_login(other)

    for _ in range(2):
        assert first.get("/told/").content.decode() == f"{one.pk}: mentor"
        assert stranger.get("/door/").content.decode() == "no person: door"
        assert second.get("/told/").content.decode() == f"{other.pk}: intake"
        assert who() == NOBODY
