"""Who gets which page of welcoming, what it shows and what it never does."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access, contacts, lifecycle
from cases.models import As, Case, CaseStatus, Contact, Precision, Referral, ReferralLink
from cases.timeline import PAGE
from mlmc import program
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

pytestmark = pytest.mark.django_db
QUEUE = reverse("cases:referrals")
NEW = reverse("cases:referral_new")
P0 = ["Zyxwvut", "Qanary", "1911", "500-555-0199", "Qanary Way"]


def sign_in(client, **roles):
    user = UserFactory(**roles)
    client.force_login(user)
    return user


def text(response):
    return response.content.decode()


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


ACTS = ["referral_reply", "referral_take", "referral_contact", "referral_accept", "referral_link"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("who", "status"), [("director", 403), ("mentor", 403), ("supervisor", 403), (None, 302)])
def test_only_those_who_welcome_act_on_a_referral(client, act, who, status):
    referral = ReferralFactory()
    if who:
        sign_in(client, **{who: True})

    assert client.post(reverse(f"cases:{act}", args=[referral.pk])).status_code == status
    assert Case.objects.count() == Contact.objects.count() == 0


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
@pytest.mark.parametrize(("view", "queries"), [("board", 14), ("table", 9)])
def test_the_queue_asks_the_same_questions_for_any_number_of_rows(client, rows, view, queries, asks):
    sign_in(client, intake=True)
    for _ in range(rows):
        for status in ("received", "needs_information", "in_review"):
            ReferralFactory(status=status, taken_by=UserFactory())
        CaseFactory()

    with asks(queries):  # session, user, program, moved, sources, open, columns or page
        response = client.get(QUEUE, {"view": view})

    assert text(response).count("tiny text-muted") >= rows * 4


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


@pytest.mark.parametrize("rows", [1, 3])
def test_a_referral_asks_the_same_questions_for_any_number_of_look_alikes(client, rows, asks):
    sign_in(client, intake=True)
    referral = ReferralFactory(first_name="Jayla", last_name="Montrose")
    for _ in range(rows):
        ReferralFactory(first_name="Jaylah", last_name="Montross")
        ContactFactory(referral=referral)

    with asks(14):  # three of them: how many youth and how often this person looked lately, whom a wall keeps from it
        response = client.get(referral.get_absolute_url())

    assert len(response.context["suggestions"]) == rows


def cards(response):
    return {title: [one.receipt for one in shown] for _, title, _, shown in response.context["board"]}


def test_the_board_has_everybody_where_they_are(client):
    sign_in(client, intake=True)
    by_status = {status: ReferralFactory(status=status).receipt for status in ("received", "needs_information")}
    by_status |= {status: ReferralFactory(status=status).receipt for status in ("in_review", "exception_review")}
    elsewhere, waiting, met = ReferralFactory(status="elsewhere"), CaseFactory(), CaseFactory()
    long_ago, practice = CaseFactory(), CaseFactory(youth__is_practice=True)
    now = timezone.now()
    lifecycle.move_case(met, CaseStatus.WITH_MENTOR, by=UserFactory(), at=now - timedelta(days=2))
    lifecycle.move_case(long_ago, CaseStatus.WITH_MENTOR, by=UserFactory(), at=now - timedelta(days=15))

    shown = cards(client.get(QUEUE, {"view": "board"}))

    assert shown["New"] == [by_status["received"]]
    assert shown["Getting to know"] == [by_status["needs_information"]]
    assert sorted(shown["Ready for team"]) == sorted([by_status["in_review"], by_status["exception_review"]])
    assert shown["Waiting for mentor"] == [waiting.referral.receipt]
    assert shown["Met their mentor"] == [met.referral.receipt]
    everybody = [receipt for column in shown.values() for receipt in column]
    assert not {elsewhere.receipt, long_ago.referral.receipt, practice.referral.receipt} & set(everybody)


@pytest.mark.parametrize("which", ["reply", "contact", "mentor"])
def test_the_queue_opens_what_is_late_and_nothing_else(client, which):
    intaker, now = sign_in(client, intake=True), timezone.now()
    old, young = now - timedelta(days=30), now - timedelta(minutes=5)
    late_reply = ReferralFactory(received_at=old)
    replied = ReferralFactory(received_at=old, replied_at=old)
    reached = ReferralFactory(received_at=old, replied_at=old)
    contacts.record_contact(reached, by=intaker, at=old, way="call", reached=True)
    tried = ReferralFactory(received_at=old, replied_at=old)
    contacts.record_contact(tried, by=intaker, at=old, way="call", reached=False)
    ReferralFactory(received_at=young)
    long_waiting = CaseFactory(received_at=old)
    contacts.record_contact(long_waiting, by=intaker, at=old, way="call", reached=True)
    expected = {
        "reply": {late_reply},
        "contact": {late_reply, replied, tried},
        "mentor": {long_waiting.referral},
    }[which]

    shown = cards(client.get(QUEUE, {"view": "board", "late": which}))
    late = Referral.objects.visible_to(intaker).late(which, at=now, program=program.Program())

    assert {one for column in shown.values() for one in column} == {one.receipt for one in expected}
    assert set(late) == expected


def test_the_queue_is_filtered_by_source_area_and_whose_it_is(client):
    user = sign_in(client, intake=True)
    mine = ReferralFactory(taken_by=user, channel="fax", area="lowell")
    ReferralFactory()

    for query in ({"mine": "on"}, {"source": "how:fax"}, {"source": f"agency:{mine.agency_id}"}, {"area": "lowell"}):
        shown = cards(client.get(QUEUE, query | {"view": "board"}))
        assert shown["New"] == [mine.receipt], query


@pytest.mark.parametrize(
    "query",
    [{"source": "\0"}, {"source": "agency:x"}, {"area": "moon"}, {"late": "x"}, {"after": "x"}, {"view": "x" * 5000}],
)
def test_an_address_that_makes_no_sense_shows_the_queue(client, query):
    sign_in(client, intake=True)
    ReferralFactory()

    assert client.get(QUEUE, query).status_code == 200


def test_the_table_continues_where_it_stopped(client, monkeypatch):
    sign_in(client, intake=True)
    monkeypatch.setattr("cases.queue.PAGE", 2)
    at = timezone.now() - timedelta(hours=2)
    wanted = [ReferralFactory(received_at=at + timedelta(minutes=number // 2)).receipt for number in range(5)]

    seen, after = [], ""
    while after is not None:
        response = client.get(QUEUE, {"view": "table", "after": after})
        seen += [one.receipt for one in response.context["rows"]]
        after = response.context["next"]

    assert sorted(seen) == sorted(wanted)


def test_a_move_without_words_is_one_click_and_comes_back_to_the_queue(client):
    sign_in(client, intake=True)
    referral = ReferralFactory()

    response = client.post(reverse("cases:referral_move", args=[referral.pk, "in_review"]), {"back": "queue"})

    referral.refresh_from_db()
    assert (response.url, referral.status) == (QUEUE, "in_review")


def test_connected_elsewhere_asks_where_and_how_the_youth_was_told(client):
    user = sign_in(client, intake=True)
    referral = ReferralFactory()
    url = reverse("cases:referral_move", args=[referral.pk, "elsewhere"])
    assert "How was the youth told" in text(client.get(url))

    refused = client.post(url, {"where": "A program near home"})
    client.post(url, {"where": "A program near home", "told": "By their worker, in person"})

    assert "Say how the youth was told" in text(refused)
    assert "A program near home" in text(refused)
    referral.refresh_from_db()
    assert (referral.status, referral.decided_by) == ("elsewhere", user)
    assert referral.reason == "A program near home\nHow the youth was told: By their worker, in person"


@pytest.mark.parametrize("to", ["accepted", "merged", "denied", "received"])
def test_moves_that_are_none_change_nothing(client, to):
    sign_in(client, intake=True)
    referral = ReferralFactory()

    client.post(reverse("cases:referral_move", args=[referral.pk, to]))

    referral.refresh_from_db()
    assert referral.status == "received"


def test_nobody_reads_that_anybody_was_rejected(client):
    sign_in(client, intake=True)
    referral = ReferralFactory(born_on=date(2005, 1, 1), status="exception_review", needs=["over_age"])

    pages = "".join(text(client.get(url)) for url in (QUEUE, referral.get_absolute_url(), NEW)).lower()
    assert [word for word in ("reject", "denied", "declin", "ineligib") if word in pages] == []


def test_welcoming_opens_a_case_and_goes_there(client):
    user = sign_in(client, intake=True)
    referral = ReferralFactory()

    response = client.post(reverse("cases:referral_accept", args=[referral.pk]), {"who": "new"})

    case = Case.objects.get()
    assert (response.url, case.referral, case.events.get().by) == (case.get_absolute_url(), referral, user)
    again = client.post(reverse("cases:referral_accept", args=[referral.pk]), {"who": "new"}, follow=True)
    assert Case.objects.count() == 1
    assert "cannot become accepted" in text(again)


def test_a_known_youth_can_be_chosen_and_nobody_else_can(client):
    sign_in(client, intake=True)
    known = CaseFactory(referral__first_name="Keziah", referral__last_name="Okafor")
    stranger = YouthFactory()
    back = ReferralFactory(first_name="Kezia", last_name="Okafor")
    url = reverse("cases:referral_accept", args=[back.pk])

    refused = client.post(url, {"who": str(stranger.pk)}, follow=True).content.decode()
    client.post(url, {"who": str(known.youth.pk)})

    assert "Choose who this is." in refused
    assert stranger.code not in refused
    assert [(case.youth, case.episode) for case in Case.objects.filter(referral=back)] == [(known.youth, 2)]


def test_an_answer_to_a_suggestion_is_kept(client):
    user = sign_in(client, intake=True)
    one = ReferralFactory(first_name="Jayla", last_name="Montross")
    other = ReferralFactory(first_name="Jaylah", last_name="Montrose")

    client.post(
        reverse("cases:referral_link", args=[other.pk]), {"other": one.pk, "kind": "duplicate", "answer": "yes"}
    )

    assert [(link.answer, link.answered_by) for link in ReferralLink.objects.all()] == [("yes", user)]
    client.post(reverse("cases:referral_merge", args=[other.pk, one.pk]))
    other.refresh_from_db()
    assert (other.status, other.merged_into) == ("merged", one)


def test_a_suggestion_shows_initials_and_a_birth_year_and_no_more(client):
    sign_in(client, intake=True)
    ReferralFactory(first_name="Zyxwvut", last_name="Qanary", born_on=date(2011, 3, 4))
    referral = ReferralFactory(first_name="Zyxwvut", last_name="Qanarie", born_on=None)

    page = text(client.get(referral.get_absolute_url()))

    assert "Z.Q." in page
    assert "born 2011" in page
    assert "Qanary" not in page


@pytest.mark.parametrize("rows", ["reply", "contact"])
def test_a_kept_promise_stops_its_clock(client, rows):
    sign_in(client, intake=True)
    referral = ReferralFactory(received_at=timezone.now() - timedelta(days=9))

    if rows == "reply":
        client.post(reverse("cases:referral_reply", args=[referral.pk]))
    else:
        typed = {"at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "way": "call", "reached": "yes", "note": ""}
        client.post(reverse("cases:referral_contact", args=[referral.pk]), typed)

    response = client.get(referral.get_absolute_url())
    assert {clock.which: state for clock, state in response.context["clocks"]}[rows] == "met"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"at": ""}, "Enter a date and a time."),
        ({"at": "2026-02-30T10:00"}, "Enter a real date and time"),
        ({"at": "0000-01-01T10:00"}, "Enter a real date and time"),
        ({"at": "0001-01-01T00:00"}, "before the referral came"),
        ({"at": "9999-12-31T23:59"}, "still to come"),
        ({"at": "2020-01-01T10:00"}, "before the referral came"),
        ({"way": "pigeon"}, "Choose from the list."),
        ({"way": ""}, "Choose how"),
        ({"reached": ""}, "Trying counts"),
        ({"note": "a\0b"}, "cannot be read"),
        ({"note": "x" * 2001}, "under 2,000 characters"),
    ],
)
def test_a_contact_that_cannot_be_is_answered_beside_the_field_and_what_was_typed_is_kept(client, typed, sentence):
    sign_in(client, intake=True)
    good = {
        "at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "way": "call",
        "reached": "no",
        "note": "Kept words",
    }
    for about, name in ((ReferralFactory(), "referral"), (CaseFactory(), "case")):
        response = client.post(reverse(f"cases:{name}_contact", args=[about.pk]), good | typed)

        assert response.status_code == 200
        assert sentence in text(response)
        assert "note" in typed or "Kept words" in text(response)
    assert Contact.objects.count() == 0


def test_a_case_page_shows_the_mentor_by_short_name_and_who_may_see(client):
    sign_in(client, intake=True)
    case = CaseFactory()
    access.give(case, user=UserFactory(mentor=True, name="Carmen Ortega"), as_what=As.MENTOR, why="asked",
                by=UserFactory(), at=timezone.now())  # fmt: skip

    page = text(client.get(case.get_absolute_url()))

    assert "with <b>Carmen O.</b>" in page
    assert "Ortega" not in page
    assert "Everybody: intake coordinator" in page


def test_staff_may_type_a_referral_in_and_it_is_theirs(client):
    user = sign_in(client, intake=True)
    typed = {
        "client_key": str(uuid.uuid4()),
        "channel": "phone",
        "received_at": "2026-03-02T16:52",
        "first_name": "Sky",
        "born_year": "2013",
        "born_month": "12",
        "agency_name": "DCF  Park St",
        "missing": "unknown",
        "received_text": "  two sisters ‏שלום 🙂\n",
    }

    first = client.post(NEW, typed)
    second = client.post(NEW, typed)

    referral = Referral.objects.get()
    assert first.url == second.url == referral.get_absolute_url()
    assert (referral.taken_by, referral.agency.name) == (user, "DCF Park St")
    assert referral.received_text == typed["received_text"]
    assert (referral.born_on, referral.born_precision) == (date(2013, 12, 1), Precision.MONTH)
    assert timezone.localtime(referral.received_at).replace(tzinfo=None) == datetime(2026, 3, 2, 16, 52)
