"""Follow-ups and the report: who opens them, by code or name, and how they are moved on."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from outcomes.models import Status, SurveyLink
from tests.factories.cases import CaseFactory, WallFactory
from tests.factories.outcomes import FollowUpFactory, ResponseFactory
from tests.outcomes_pages import LIST, REPORT, person
from tests.pages import text

pytestmark = pytest.mark.django_db
LIST_QUERIES = 7  # session, user, rows, cases (none are open to her), numbers, menu, program
REPORT_QUERIES = 12  # session, user, menu, program; limit, people (2), snapshot, instrument, cohorts, new, flow
EVERYBODY = [
    "intake",
    "assessment",
    "mentor",
    "case_manager",
    "support",
    "supervisor",
    "evaluation",
    "director",
    "admin",
]


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize(
    ("address", "readers"),
    [
        (LIST, {"evaluation", "case_manager", "mentor", "supervisor"}),
        (REPORT, {"evaluation", "director", "supervisor"}),
    ],
)
def test_a_page_is_open_to(client, role, address, readers):
    client.force_login(person(role))

    assert client.get(address).status_code == (200 if role in readers else 403)


@pytest.mark.parametrize("address", [LIST, REPORT])
def test_nobody_reads_without_a_sign_in(client, address):
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("evaluation", 200),
        ("its mentor", 200),
        ("its case manager", 200),
        ("its supervisor", 200),
        ("another mentor", 404),
        ("a mentor behind a wall", 404),
        ("a supervisor of others", 404),
        ("director", 403),
        ("intake", 403),
    ],
)
def test_one_follow_up_is_shown_to(client, who, status):
    case = CaseFactory()
    follow_up = FollowUpFactory(respondent__case=case)
    people = {
        "evaluation": lambda: person("evaluation"),
        "its mentor": lambda: person("mentor", case),
        "its case manager": lambda: person("case_manager", case),
        "its supervisor": lambda: person("supervisor", case),
        "another mentor": lambda: person("mentor", CaseFactory()),
        "a mentor behind a wall": lambda: WallFactory(user=person("mentor", case), youth=case.youth).user,
        "a supervisor of others": lambda: person("supervisor", CaseFactory()),
        "director": lambda: person("director"),
        "intake": lambda: person("intake"),
    }
    client.force_login(people[who]())

    assert client.get(follow_up.get_absolute_url()).status_code == status
    for verb in ("link_make", "decline", "miss", "open_again"):
        answer = client.post(reverse(f"outcomes:{verb}", args=[follow_up.pk]))
        assert answer.status_code in ((200, 302) if status == 200 else (status,))


def test_the_evaluation_manager_sees_codes_and_the_case_manager_names(client):
    case = CaseFactory()
    follow_up = FollowUpFactory(respondent__case=case)
    evaluation, manager = person("evaluation"), person("case_manager", case)

    client.force_login(evaluation)
    coded = text(client.get(LIST)) + text(client.get(follow_up.get_absolute_url()))
    client.force_login(manager)
    named = text(client.get(LIST))

    assert follow_up.code in coded
    assert case.youth.chosen_name not in coded and case.youth.code not in coded and str(case.pk) not in coded
    assert case.youth.chosen_name in named and reverse("cases:case", args=[case.pk]) in named


def test_a_mentor_is_led_to_no_case_page(client):
    case = CaseFactory()
    FollowUpFactory(respondent__case=case)
    client.force_login(person("mentor", case))

    assert str(case.pk) not in text(client.get(LIST))


def test_titles_carry_codes_only(client):
    case = CaseFactory()
    follow_up = FollowUpFactory(respondent__case=case)
    client.force_login(person("supervisor", case))

    page = text(client.get(follow_up.get_absolute_url()))

    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
    assert case.youth.chosen_name not in title and follow_up.code in title


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_questions_for_any_number_of_rows(client, rows, asks):
    for _ in range(rows):
        FollowUpFactory(respondent__case=CaseFactory())
    client.force_login(person("evaluation"))
    client.get(LIST)

    with asks(LIST_QUERIES):
        response = client.get(LIST)

    assert text(response).count("Make link") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_report_asks_the_same_questions_for_any_number_of_respondents(client, figures, rows, asks):
    for _ in range(rows):
        ResponseFactory()
    client.force_login(person("evaluation"))
    client.get(REPORT)

    with asks(REPORT_QUERIES):
        client.get(REPORT)


def test_every_number_opens_the_list_it_counts(client):
    FollowUpFactory(), FollowUpFactory(late=True), FollowUpFactory(missed=True), FollowUpFactory(complete=True)
    client.force_login(person("evaluation"))
    numbers = dict(re.findall(r'href="/follow-ups/(\?show=[a-z-]+)"><i[^>]*></i><b>(\d+)</b>', text(client.get(LIST))))

    assert numbers == {"?show=late": "1", "?show=open": "2", "?show=no-why": "1", "?show=answered": "1"}
    for show, number in numbers.items():
        page = text(client.get(LIST + show))
        assert page.count('<th scope="row">') == int(number)


def test_a_long_list_continues_behind_its_last_row(client):
    soon = timezone.localdate() + timedelta(days=30)
    for number in range(30):
        FollowUpFactory(closes_on=soon + timedelta(days=number // 3))
    client.force_login(person("evaluation"))

    first = text(client.get(LIST))
    following = re.search(r'href="(\?show=open&amp;after=[^"]+)"', first)[1].replace("&amp;", "&")
    second = text(client.get(LIST + following))

    codes = [re.findall(r'<span class="code">(R-\d+)</span>', page) for page in (first, second)]
    assert [len(page) for page in codes] == [25, 5]
    assert len({*codes[0], *codes[1]}) == 30


@pytest.mark.parametrize(
    "query", ["?show=nothing", "?after=x", "?show=open&after=2026-02-30_1", "?after=%00", "?show=%F0%9F"]
)
def test_a_strange_address_shows_the_usual_list(client, query):
    client.force_login(person("evaluation"))

    assert client.get(LIST + query).status_code == 200


def test_a_link_is_shown_once_as_words_and_as_a_code(client):
    follow_up = FollowUpFactory()
    client.force_login(person("evaluation"))

    page = text(client.post(reverse("outcomes:link_make", args=[follow_up.pk])))

    token = re.search(r"http://testserver/s/([\w-]+)/", page)[1]
    assert "<svg" in page and "style=" not in page
    assert "draft, not yet approved by the survivor council" in page
    assert SurveyLink.objects.get().made_by is not None
    assert token not in text(client.get(follow_up.get_absolute_url()))


def test_why_it_was_missed_is_asked_beside_the_field(client):
    follow_up = FollowUpFactory()
    client.force_login(person("evaluation"))
    address = reverse("outcomes:miss", args=[follow_up.pk])

    for why, says in [
        ("", "Choose a reason."),
        ("\x00", "Choose a reason"),
        ("weather", "Choose a reason from the list."),
    ]:
        assert says in text(client.post(address, {"why": why}))
    client.post(address, {"why": "moved"})

    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.why_missed) == (Status.MISSED, "moved")


def test_what_is_no_longer_possible_is_said_and_changes_nothing(client):
    follow_up = FollowUpFactory(complete=True)
    client.force_login(person("evaluation"))

    page = text(client.post(reverse("outcomes:decline", args=[follow_up.pk]), follow=True))

    follow_up.refresh_from_db()
    assert "This follow-up is “answered”" in page
    assert follow_up.status == Status.COMPLETE


def test_a_case_managers_first_screen_is_follow_ups(client):
    client.force_login(person("case_manager"))

    assert client.get("/")["Location"] == LIST
