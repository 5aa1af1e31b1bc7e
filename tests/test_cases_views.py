"""Who gets which page of welcoming, what it shows and what it never does."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import As
from cases.timeline import PAGE
from tests.factories import (
    AccessFactory,
    CaseEventFactory,
    CaseFactory,
    ContactFactory,
    ReferralFactory,
    SafetyNeedFactory,
    UserFactory,
    WallFactory,
    YouthFactory,
)
from tests.pages import sign_in, text

pytestmark = pytest.mark.django_db
QUEUE = reverse("cases:referrals")
NEW = reverse("cases:referral_new")
P0 = ["Zyxwvut", "Qanary", "1911", "500-555-0199", "Qanary Way"]


def canary(**more):
    """A referral with a mark in every field that finds somebody."""
    return ReferralFactory(
        first_name="Zyxwvut", last_name="Qanary", phone="500-555-0199", town="Qanary Way", also_known_as="Zyxwvut",
        safety_words="Qanary Way", why="Zyxwvut", received_text="Zyxwvut Qanary", born_on=date(1911, 11, 11), **more
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "queue", "form", "page"),
    [
        ("intake", 200, 200, 200),
        ("assessment", 200, 200, 200),
        ("director", 200, 403, 200),
        ("mentor", 403, 403, 403),
        ("case_manager", 403, 403, 403),
        ("support", 403, 403, 403),
        ("supervisor", 403, 403, 403),
        ("evaluation", 403, 403, 403),
        ("admin", 403, 403, 403),
        (None, 302, 302, 302),
    ],
)
def test_the_pages_of_welcoming_are_shown_to(client, who, queue, form, page):
    referral = ReferralFactory()
    if who:
        sign_in(client, **{who: True})

    urls = [QUEUE, NEW, referral.get_absolute_url()]
    assert [client.get(url).status_code for url in urls] == [queue, form, page]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("intake", 200),
        ("assessment", 200),
        ("case manager with a row", 200),
        ("supervisor with a row", 200),
        ("supervisor on call", 200),
        ("director", 200),
        ("support with a row", 200),
        ("the mentor", 404),
        ("the mentor, who is support as well", 404),
        ("a mentor who practises", 404),
        ("supervisor without a row", 404),
        ("case manager without a row", 404),
        ("support without a row", 404),
        ("intake behind a wall", 404),
        ("director behind a wall", 404),
        ("whose row has ended", 404),
        ("evaluation", 404),
        ("admin", 404),
        ("anonymous", 302),
    ],
)
def test_a_case_page_is_shown_to(client, who, status):
    case, now = CaseFactory(), timezone.now()

    def holds(as_what, until=None, **role):
        user = UserFactory(**role)
        AccessFactory(case=case, user=user, as_what=as_what, until=until)
        return user

    people = {
        "intake": lambda: UserFactory(intake=True),
        "assessment": lambda: UserFactory(assessment=True),
        "case manager with a row": lambda: holds(As.CASE_MANAGER, case_manager=True),
        "supervisor with a row": lambda: holds(As.SUPERVISOR, supervisor=True),
        "supervisor on call": lambda: holds(As.ON_CALL, supervisor=True),
        "director": lambda: UserFactory(director=True),
        "support with a row": lambda: holds(As.SUPPORT, support=True),
        "the mentor": lambda: holds(As.MENTOR, mentor=True),
        "the mentor, who is support as well": lambda: holds(As.MENTOR, mentor=True, support=True),
        "a mentor who practises": lambda: holds(As.PRACTICE, mentor=True),
        "supervisor without a row": lambda: UserFactory(supervisor=True),
        "case manager without a row": lambda: UserFactory(case_manager=True),
        "support without a row": lambda: UserFactory(support=True),
        "intake behind a wall": lambda: WallFactory(user=UserFactory(intake=True), youth=case.youth).user,
        "director behind a wall": lambda: WallFactory(user=UserFactory(director=True), youth=case.youth).user,
        "whose row has ended": lambda: holds(As.SUPERVISOR, until=now - timedelta(hours=1), supervisor=True),
        "evaluation": lambda: UserFactory(evaluation=True),
        "admin": lambda: UserFactory(admin=True),
    }
    if who in people:
        client.force_login(people[who]())

    assert client.get(case.get_absolute_url()).status_code == status


@pytest.mark.parametrize(("who", "as_what"), [("director", None), ("support", As.SUPPORT)])
def test_who_does_not_work_with_the_youth_reads_code_and_clocks_and_no_word_of_hers(client, who, as_what):
    user = sign_in(client, **{who: True})
    case = CaseFactory(
        youth=YouthFactory(chosen_name="Zyxwvut Q.", born_on=date(1911, 11, 11)), referral=canary(accepted=True)
    )
    SafetyNeedFactory(youth=case.youth, words="Qanary Way")
    CaseEventFactory(case=case, note="Zyxwvut")
    if as_what:
        AccessFactory(case=case, user=user, as_what=as_what)

    page = text(client.get(case.get_absolute_url()))

    assert case.code in page
    assert "Who may see this youth" in page
    assert [mark for mark in P0 if mark in page] == []


def test_the_director_reads_receipt_and_clocks_of_referrals_and_no_word_that_was_received(client):
    sign_in(client, director=True)
    referral = canary()

    pages = text(client.get(referral.get_absolute_url())) + text(client.get(QUEUE))

    assert referral.receipt in pages
    assert [mark for mark in P0 if mark in pages] == []


def test_titles_and_addresses_carry_codes_only(client):
    sign_in(client, intake=True)
    case = CaseFactory(youth=YouthFactory(chosen_name="Zyxwvut Q."), referral=canary(accepted=True))
    referral = canary()

    for url in (case.get_absolute_url(), referral.get_absolute_url(), QUEUE, NEW):
        page = text(client.get(url))
        title = page[page.index("<title>") : page.index("</title>")]
        assert [mark for mark in P0 if mark in title + url] == []


def test_safety_words_stand_before_everything_else_on_a_case(client):
    sign_in(client, intake=True)
    case = CaseFactory()
    SafetyNeedFactory(youth=case.youth, words="call the ED social worker, not the house")
    for number in range(PAGE + 1):
        CaseEventFactory(case=case, at=timezone.now() - timedelta(hours=number))
    last = case.events.order_by("-at")[PAGE - 1]

    for query in ("", f"?before={last.pk}"):
        page = text(client.get(case.get_absolute_url() + query))
        assert page.index("not the house") < page.index('id="timeline"')
        assert "not confirmed yet" in page
        assert "No way of contact is known to be safe yet" in page


def test_a_missing_youth_is_announced_with_what_that_means(client):
    sign_in(client, intake=True)
    case = CaseFactory(missing_since=date(2026, 4, 17))

    assert "No messages, no calls, no visit" in text(client.get(case.get_absolute_url()))


def test_a_timeline_continues_where_it_stopped(client):
    sign_in(client, intake=True)
    case, now = CaseFactory(), timezone.now()
    for number in range(PAGE * 2 + 1):
        CaseEventFactory(case=case, what=f"line {number:03}", at=now - timedelta(minutes=number // 2))

    seen, url = [], case.get_absolute_url()
    while url:
        response = client.get(url)
        seen += [entry["title"] for entry in response.context["entries"]]
        earlier = response.context["earlier"]
        url = earlier and f"{case.get_absolute_url()}?before={earlier}"

    assert sorted(seen) == [f"Line {number:03}" for number in range(PAGE * 2 + 1)]


@pytest.mark.parametrize("before", ["nonsense", "0199f7a0-0000-7000-8000-000000000000", ""])
def test_a_place_in_the_timeline_that_is_none_begins_at_the_top(client, before):
    sign_in(client, intake=True)
    event = CaseEventFactory()

    response = client.get(event.case.get_absolute_url(), {"before": before})
    assert len(response.context["entries"]) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_case_page_asks_the_same_questions_for_any_number_of_rows(client, rows, asks):
    sign_in(client, intake=True)
    case = CaseFactory()
    for _ in range(rows):
        CaseEventFactory(case=case, by=UserFactory())
        ContactFactory(case=case, referral=case.referral)
        SafetyNeedFactory(youth=case.youth)
        AccessFactory(case=case)

    with asks(14):
        client.get(case.get_absolute_url())


def test_a_case_page_shows_the_mentor_by_short_name_and_who_may_see(client):
    sign_in(client, intake=True)
    case = CaseFactory()
    access.give(case, user=UserFactory(mentor=True, name="Carmen Ortega"), as_what=As.MENTOR, why="asked",
                by=UserFactory(), at=timezone.now())  # fmt: skip

    page = text(client.get(case.get_absolute_url()))

    assert "with <b>Carmen O.</b>" in page
    assert "Ortega" not in page
    assert "Everybody: intake coordinator" in page
