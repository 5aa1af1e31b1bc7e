"""Help: a page for each role, hints that are put away, words, paper, a youth to practice with."""

import pytest
from django.urls import NoReverseMatch, resolve, reverse

from cases.models import Case, Referral, Youth
from mlmc import navigation, program
from mlmc.core.models import Role
from mlmc.help import guides, words
from mlmc.help.changes import changes
from outcomes import instruments
from tests.conftest import StrictClient
from tests.factories import MentorFactory, MentorshipFactory, UserFactory

pytestmark = pytest.mark.django_db


def browser(*roles):
    client = StrictClient()
    client.user = UserFactory(roles=list(roles))
    client.force_login(client.user)
    return client


def test_each_role_has_one_guide_and_a_hint_on_its_first_screen():
    assert [guide.role for guide in guides.GUIDES] and {guide.role for guide in guides.GUIDES} == set(Role)
    assert {name for _, name in navigation.FIRST} <= set(guides.HINTS)
    for name in guides.HINTS:
        assert resolve(reverse(name)).view_name == name


@pytest.mark.parametrize("role", Role.values)
def test_everybody_reads_every_guide(role):
    client = browser(role)

    page = client.get("/help/").content.decode()

    assert all(f"/help/{guide.role}/" in page for guide in guides.GUIDES)
    guide = guides.BY_ROLE[role]
    assert guide.question in client.get(f"/help/{role}/").content.decode().replace("&#x27;", "'")


def test_there_is_no_guide_to_a_role_that_is_none():
    assert browser("intake").get("/help/wizard/").status_code == 404


def test_a_hint_is_there_on_a_first_visit_and_put_away_for_good():
    client = browser("admin")
    hint = guides.HINTS["health"]
    assert hint in client.get("/health/").content.decode()

    assert client.post("/help/hint/health/hide/")["Location"] == "/health/"

    assert hint not in client.get("/health/").content.decode()
    again = StrictClient()
    again.force_login(client.user)
    assert hint not in again.get("/health/").content.decode()
    assert hint in browser("admin").get("/health/").content.decode()


@pytest.mark.parametrize("name", ["nothing", "core:sign_out", "//evil.example"])
def test_a_hint_that_is_none_leads_nowhere(name):
    client = browser("admin")
    try:
        path = reverse("help:hint_hide", args=[name])
    except NoReverseMatch:
        return

    assert client.post(path).status_code == 404


def test_the_words_stand_in_the_order_of_the_alphabet_and_on_their_page():
    page = browser("mentor").get("/help/words/").content.decode()

    assert list(words.WORDS) == sorted(words.WORDS)
    assert all(f"<dt>{word}</dt>" in page for word in words.WORDS)


def test_what_changed_is_the_changelog():
    version, _, items = changes()[0]
    page = browser("mentor").get("/help/changes/").content.decode()

    assert version in page
    assert len(items) > 3
    assert page.count("<li>") >= sum(len(items) for _, _, items in changes())


def test_the_survey_on_paper_asks_every_question_in_both_languages():
    page = browser("evaluation").get("/help/paper/survey/").content.decode()

    items = instruments.questions(instruments.newest()).items
    assert page.count('class="slip"') == len(items)
    assert page.count('lang="es"') >= 2 * len(items)


def test_the_sheet_for_court_has_the_codes_of_ones_own_youth_and_no_name():
    mine, other = MentorshipFactory(), MentorshipFactory()
    client = StrictClient()
    client.force_login(mine.mentor.user)

    page = client.get("/help/paper/court/").content.decode()

    assert mine.case.youth.code in page
    assert other.case.youth.code not in page
    assert mine.case.youth.chosen_name not in page


def test_the_paper_check_in_has_the_taps_of_the_phone():
    client = StrictClient()
    client.force_login(MentorFactory().user)

    page = client.get("/help/paper/check-in/").content.decode()

    assert page.count("Went with") == page.count("Shining") == page.count("Feelings") == 5


def test_a_practice_youth_is_added_once_and_counts_nowhere():
    director, mentor = browser("director"), browser("mentor")
    assert mentor.post("/help/practice/").status_code == 403
    assert Youth.objects.count() == 0

    director.post("/help/practice/")
    director.post("/help/practice/")

    assert Youth.objects.get().is_practice
    assert "practice" in program.current().done
    assert Case.objects.waiting().count() == 0
    assert mentor.get("/practice/").status_code == 302
    assert Referral.objects.count() == 1
    assert "Practice youth" in mentor.get("/help/").content.decode()
