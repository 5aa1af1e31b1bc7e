"""The youth's pages as a browser meets them: calm, nameless, forgetful, and usable without a script."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mentors.models import Concern
from outcomes import instruments, surveys
from outcomes.models import Answer, Response, SurveyLink
from tests.factories.core import UserFactory
from tests.factories.outcomes import FollowUpFactory
from tests.pages import text

pytestmark = pytest.mark.django_db
QUESTIONS = 21


@pytest.fixture
def token():
    return surveys.make_link(FollowUpFactory(), by=UserFactory(evaluation=True), at=timezone.now())


@pytest.fixture
def begun(client, token):
    client.post(f"/s/{token}/", {"language": "en"})
    return token


def number_of(code):
    return [item.code for item in instruments.questions(instruments.newest()).items].index(code) + 1


def pass_by(client, token, number):
    for one in range(1, number):
        client.post(f"/s/{token}/{one}/", {"skip": "1"})


def test_reading_the_start_page_uses_nothing_up(client, token):
    for _ in range(5):
        client.head(f"/s/{token}/")
        response = client.get(f"/s/{token}/")

    assert response.status_code == 200
    assert SurveyLink.objects.get().started_at is None
    assert "A person from the team is told right away" in text(response)


def test_the_pages_name_nothing_and_are_kept_by_nobody(client, begun):
    for address in (f"/s/{begun}/1/", f"/s/{begun}/stop/"):
        response = client.get(address)
        assert "<title>Check-in</title>" in text(response)
        assert "Hearth" not in text(response)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response.cookies == {}
        assert 'data-exit rel="noreferrer"' in text(response)


def test_start_leads_to_the_first_question_and_an_answer_to_the_next(client, token):
    started = client.post(f"/s/{token}/", {"language": "en"})
    answered = client.post(started["Location"], {"answer": "4"})

    assert (started["Location"], answered["Location"]) == (f"/s/{token}/1/", f"/s/{token}/2/")


def test_coming_back_leads_to_the_next_unanswered_question(client, begun):
    pass_by(client, begun, 4)

    assert client.get(f"/s/{begun}/")["Location"] == f"/s/{begun}/4/"
    assert client.get(f"/s/{begun}/9/")["Location"] == f"/s/{begun}/4/"


@pytest.mark.parametrize("answer", ["", "6", "yes\x00", "\u202e3", "😀", "3" * 5000])
def test_nothing_picked_is_said_gently_and_nothing_is_kept(client, begun, answer):
    response = client.post(f"/s/{begun}/1/", {"answer": answer})

    assert response.status_code == 200
    assert "Pick one, or skip it." in text(response)
    assert Answer.objects.count() == 0


def test_an_answer_is_never_shown_again(client, begun):
    client.post(f"/s/{begun}/1/", {"answer": "4"})

    response = client.get(f"/s/{begun}/1/")

    assert "Answer again to change it" in text(response)
    assert " checked" not in text(response)


def test_switching_the_language_keeps_the_place_and_what_was_picked(client, begun):
    response = client.post(f"/s/{begun}/1/", {"answer": "4", "language": "es"})

    assert "En el último mes" in text(response)
    assert 'value="4" autocomplete="off" checked' in text(response)
    assert '<html lang="es"' in text(response)
    assert Answer.objects.count() == 0
    assert Response.objects.get().language == "es"
    assert "Continuar" in text(client.get(f"/s/{begun}/1/"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_question_is_asked_in_both_languages_one_a_page(client, token, language):
    client.post(f"/s/{token}/", {"language": language})

    for number, item in enumerate(instruments.questions(instruments.newest()).items, start=1):
        page = text(client.get(f"/s/{token}/{number}/"))
        assert item.text(language) in page.replace("&#x27;", "'")
        assert page.count("<h1>") == 1
        client.post(f"/s/{token}/{number}/", {"skip": "1"})


def test_the_last_answer_is_thanked_and_the_link_is_used_up(client, begun):
    pass_by(client, begun, QUESTIONS)

    response = client.post(f"/s/{begun}/{QUESTIONS}/", {"answer": "5"})

    assert "You answered 1 and skipped 20" in text(response)
    assert client.get(f"/s/{begun}/").status_code == 404


def test_a_double_tap_on_the_last_answer_is_thanked_twice_and_kept_once(client, begun):
    pass_by(client, begun, QUESTIONS)

    for _ in range(2):
        response = client.post(f"/s/{begun}/{QUESTIONS}/", {"answer": "5"})
        assert "Thank you for telling us." in text(response)

    assert Answer.objects.filter(item="strength").count() == 1


def test_danger_shows_whom_to_call_and_that_somebody_was_told(client, begun):
    UserFactory(supervisor=True)
    number = number_of("suicidality")
    pass_by(client, begun, number)

    response = client.post(f"/s/{begun}/{number}/", {"answer": "yes"})

    assert "A person from the team has been told" in text(response)
    assert "988" in text(response) and "911" in text(response)
    assert Concern.objects.count() == 1
    assert "has been told" not in text(client.get(f"/s/{begun}/"))


def test_a_finished_an_expired_and_an_unknown_link_get_the_same_page(client, token, begun):
    pass_by(client, begun, QUESTIONS + 1)
    unknown = client.get("/s/there-is-no-such-link/")
    finished = client.get(f"/s/{begun}/")
    expired = surveys.make_link(FollowUpFactory(), by=None, at=timezone.now() - timedelta(hours=80))
    nested = client.get("/s/there/is/none/")

    pages = {text(one) for one in (unknown, finished, client.get(f"/s/{expired}/"), nested)}
    assert len(pages) == 1
    assert {one.status_code for one in (unknown, finished, nested)} == {404}
    assert "This page is not open" in pages.pop()
    assert client.post("/s/there-is-no-such-link/1/", {"answer": "yes"}).status_code == 404


def test_a_link_may_be_opened_on_a_screen_where_staff_are_signed_in(client, token):
    client.force_login(UserFactory(evaluation=True))

    response = client.get(f"/s/{token}/")

    assert response.status_code == 200
    assert "Sign out" not in text(response) and "Follow-ups" not in text(response)


def test_a_browser_that_speaks_spanish_begins_in_spanish(client, token):
    response = client.get(f"/s/{token}/", headers={"accept-language": "es-MX,es;q=0.9"})

    assert "¿Cómo te ha ido?" in text(response)


def test_stopping_keeps_the_place(client, begun):
    client.post(f"/s/{begun}/1/", {"answer": "4"})

    stopped = client.post(f"/s/{begun}/stop/")

    assert "That is enough for today." in text(stopped)
    assert client.get(f"/s/{begun}/")["Location"] == f"/s/{begun}/2/"
    assert reverse("outcomes:survey_stop", args=[begun]) in text(client.get(f"/s/{begun}/2/"))


def test_a_question_without_a_start_leads_back_to_the_start(client, token):
    assert client.get(f"/s/{token}/3/")["Location"] == f"/s/{token}/"
    assert client.get(f"/s/{token}/stop/")["Location"] == f"/s/{token}/"
