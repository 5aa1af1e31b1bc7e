"""A mentor's phone: who sees which page, what stands first, what a log shows, how a pace changes."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import As
from mentors import mentorships
from mentors.models import Accompaniment, Mentorship, Status
from tests.factories import (
    AccompanimentFactory,
    ConcernFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    SafetyNeedFactory,
    UserFactory,
    WallFactory,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def check_in(mentorship):
    return reverse("mentors:check_in", args=[mentorship.pk])


def signed_in(client, mentorship):
    client.force_login(mentorship.mentor.user)
    return client


def people_around(mentorship):
    """Everybody who might try a page of this mentorship, by what they are to it."""
    supervisor, support, director = UserFactory(supervisor=True), UserFactory(support=True), UserFactory(director=True)
    for person, as_what in ((supervisor, As.SUPERVISOR), (support, As.SUPPORT)):
        access.give(mentorship.case, user=person, as_what=as_what, why="team", by=None, at=timezone.now())
    walled = UserFactory(supervisor=True)
    access.give(mentorship.case, user=walled, as_what=As.SUPERVISOR, why="team", by=None, at=timezone.now())
    WallFactory(user=walled, youth=mentorship.case.youth)
    return {
        "the mentor": mentorship.mentor.user,
        "another mentor": MentorshipFactory().mentor.user,
        "the supervisor": supervisor,
        "a walled supervisor": walled,
        "support": support,
        "the director": director,
        "an admin": UserFactory(admin=True),
    }


@pytest.mark.parametrize(
    ("who", "log", "form"),
    [
        ("anonymous", 302, 302),
        ("the mentor", 200, 200),
        ("another mentor", 404, 404),
        ("the supervisor", 200, 403),
        ("a walled supervisor", 404, 403),
        ("support", 404, 403),
        ("the director", 404, 403),
        ("an admin", 404, 403),
    ],
)
def test_the_log_and_the_check_in_are_shown_to(client, who, log, form):
    mentorship = MentorshipFactory()
    people = people_around(mentorship)
    if who in people:
        client.force_login(people[who])

    assert client.get(mentorship.get_absolute_url()).status_code == log
    assert client.get(check_in(mentorship)).status_code == form


@pytest.mark.parametrize("name", ["my_youth", "check_in_choose"])
def test_my_youth_is_for_mentors(client, name):
    client.force_login(UserFactory(supervisor=True))

    assert client.get(reverse(f"mentors:{name}")).status_code == 403


def test_a_former_mentor_finds_nothing_of_what_was(client):
    mentorship = MentorshipFactory()
    meeting = MeetingFactory(mentorship=mentorship)
    mentorships.end(mentorship, by=None, at=timezone.now())
    signed_in(client, mentorship)

    assert client.get(check_in(mentorship)).status_code == 404
    assert client.get(mentorship.get_absolute_url()).status_code == 404
    assert client.post(reverse("mentors:check_in_undo", args=[meeting.pk])).status_code == 404


def test_who_is_only_asked_finds_neither_log_nor_check_in(client):
    mentorship = MentorshipFactory(asking=True)
    signed_in(client, mentorship)

    assert client.get(mentorship.get_absolute_url()).status_code == 404
    assert client.get(check_in(mentorship)).status_code == 404


def test_an_unknown_youth_is_404(client):
    signed_in(client, MentorshipFactory())

    assert client.get(reverse("mentors:check_in", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_my_youth_asks_the_same_questions_for_any_number_of_youth(client, rows, asks):
    mentor = MentorFactory()
    for mentorship in MentorshipFactory.create_batch(rows, mentor=mentor):
        MeetingFactory.create_batch(2, mentorship=mentorship)
        ConcernFactory(case=mentorship.case, raised_by=mentor.user)
    client.force_login(mentor.user)

    # session, user, mentor, program, youth, last saved, concerns, asked, plans; program and counts of the
    # shell
    with asks(11):
        page = client.get(reverse("mentors:my_youth")).content.decode()

    assert page.count('<article class="tile"') == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_log_asks_the_same_questions_for_any_number_of_meetings(client, rows, asks):
    mentorship = MentorshipFactory()
    MeetingFactory.create_batch(rows, mentorship=mentorship)
    signed_in(client, mentorship)

    # session, user, opened lately, mentorship, meetings, safety needs, plans, may plan; program and
    # counts of the shell
    with asks(11):
        page = client.get(mentorship.get_absolute_url()).content.decode()

    assert page.count('<li class="tile"') == rows


def test_asks_stand_first_then_the_longest_since_contact_against_the_pace(client):
    mentor = MentorFactory()
    for name, status, days in [
        ("Ori A.", Status.MONTHLY, 20),
        ("Sol B.", Status.WEEKLY, 12),
        ("Teo C.", "family", 90),
    ]:
        one = MentorshipFactory(
            mentor=mentor,
            status=status,
            case__youth__chosen_name=name,
            **({"slot": None} if status == "family" else {}),
        )
        MeetingFactory(mentorship=one, held_on=TODAY - datetime.timedelta(days=days))
    MentorshipFactory(mentor=mentor, asking=True, case__youth__chosen_name="Nobody Yet")
    client.force_login(mentor.user)

    page = client.get(reverse("mentors:my_youth")).content.decode()

    spots = [page.rindex(word) for word in ("Somebody would like to meet you", "Sol B.", "Ori A.", "Teo C.")]
    assert spots == sorted(spots)
    assert "5 days past the pace" in page
    assert "Nobody Yet" not in page


def test_trying_is_shown_and_the_days_go_on(client):
    mentorship = MentorshipFactory()
    MeetingFactory(mentorship=mentorship, held_on=TODAY - datetime.timedelta(days=9), kind="text")
    MeetingFactory(mentorship=mentorship, reached=False)

    page = signed_in(client, mentorship).get(reverse("mentors:my_youth")).content.decode()

    assert "9 days ago, text. Tried today" in page
    assert "Try again" in page and "2 days past the pace" in page


def test_safety_words_as_received_stand_above_all_in_the_log(client):
    mentorship = MentorshipFactory()
    SafetyNeedFactory(youth=mentorship.case.youth, words="Please text, never the house line.")
    MeetingFactory(mentorship=mentorship, words="Cooked together.")

    page = signed_in(client, mentorship).get(mentorship.get_absolute_url()).content.decode()

    assert page.index("never the house line") < page.index("Cooked together.")
    assert "As received, not confirmed yet" in page


def test_a_title_carries_the_code_and_never_the_name(client):
    mentorship = MentorshipFactory(case__youth__chosen_name="Amaya R.")
    signed_in(client, mentorship)

    for url in (mentorship.get_absolute_url(), check_in(mentorship)):
        title = client.get(url).content.decode().partition("<title>")[2].partition("</title>")[0]
        assert mentorship.code in title and "Amaya" not in title


def test_the_pace_is_changed_by_mentor_and_supervisor_and_by_nobody_else(client):
    mentorship = MentorshipFactory()
    people, url = people_around(mentorship), reverse("mentors:change_pace", args=[mentorship.pk])

    for who, status in [("another mentor", 404), ("support", 404), ("the mentor", 302), ("the supervisor", 302)]:
        client.force_login(people[who])
        to = "monthly" if who == "the supervisor" else "fortnightly"
        assert client.post(url, {"to": to}).status_code == status

    mentorship.refresh_from_db()
    assert mentorship.status == Status.MONTHLY


@pytest.mark.parametrize(("to", "words"), [("ended", "Choose one of these."), ("", "Choose one of these.")])
def test_a_pace_that_does_not_follow_gets_a_sentence(client, to, words):
    mentorship = MentorshipFactory()
    url = reverse("mentors:change_pace", args=[mentorship.pk])

    answer = signed_in(client, mentorship).post(url, {"to": to})

    assert answer.status_code == 200 and words in answer.content.decode()


def test_a_full_mentor_hears_that_coming_back_needs_a_supervisor(client):
    mentor = MentorFactory(places=1)
    MentorshipFactory(mentor=mentor)
    back = MentorshipFactory(mentor=mentor, family=True)

    answer = signed_in(client, back).post(reverse("mentors:change_pace", args=[back.pk]), {"to": "weekly"})

    assert "needs a supervisor&#x27;s yes" in answer.content.decode()


def test_the_first_meeting_is_written_down_once(client):
    mentorship = MentorshipFactory()
    url = reverse("mentors:first_meeting", args=[mentorship.pk])
    signed_in(client, mentorship)
    said = {"met_on": TODAY.isoformat(), "place_kind": "meal", "expectations_agreed": "yes"}

    bad = client.post(url, said | {"met_on": "2020-02-30", "place_kind": "moon"}).content.decode()
    assert "Enter a real date" in bad and "Choose one of these." in bad
    page = client.post(url, said, follow=True).content.decode()

    assert "over a meal; you agreed what to expect of each other" in page
    assert "Write down your first meeting" not in page


def test_the_log_continues_behind_a_day(client):
    mentorship = MentorshipFactory()
    for days in range(27):
        MeetingFactory(mentorship=mentorship, held_on=TODAY - datetime.timedelta(days=days))
    signed_in(client, mentorship)

    first = client.get(mentorship.get_absolute_url())
    second = client.get(mentorship.get_absolute_url(), {"after": first.context["after"]})
    nowhere = client.get(mentorship.get_absolute_url(), {"after": "nowhere\x00"})

    assert (len(first.context["meetings"]), len(second.context["meetings"])) == (25, 2)
    assert not set(first.context["meetings"]) & set(second.context["meetings"])
    assert len(nowhere.context["meetings"]) == 25


def test_reading_changes_nothing_about_who_is_listed(client):
    mentorship = MentorshipFactory()
    signed_in(client, mentorship).get(reverse("mentors:my_youth"))

    assert Mentorship.objects.get().status == Status.WEEKLY


def test_what_is_planned_within_two_days_stands_on_top_and_is_said_once(client):
    mentor, now = MentorFactory(), timezone.now()
    for name, hours in [("Ori A.", 30), ("Sol B.", 20), ("Teo C.", 49)]:
        one = MentorshipFactory(mentor=mentor, case__youth__chosen_name=name)
        if name == "Sol B.":  # what is over and waits for a word hides nothing that comes
            AccompanimentFactory(mentorship=one, begins_at=now - datetime.timedelta(hours=3), kind="school")
        AccompanimentFactory(mentorship=one, begins_at=now + datetime.timedelta(hours=hours), kind="court")
    client.force_login(mentor.user)

    page = client.get(reverse("mentors:my_youth")).content.decode()
    tile = page.partition('class="tile next"')[2].partition("</section>")[0]

    assert "Court with" in tile and "Sol B." in tile
    assert page.index("tile next") < page.index("Ori A.")
    assert page.count("<b>Court</b>") == 2  # the other two, each on their own card
    assert "<b>School</b>" in page
    Accompaniment.objects.update(begins_at=now + datetime.timedelta(days=3))
    assert "tile next" not in client.get(reverse("mentors:my_youth")).content.decode()


def test_a_saved_check_in_says_once_whom_it_was_about_as_far_as_their_name_is_shown(client):
    mentorship = MentorshipFactory(case__youth__chosen_name="Amaya R.")
    signed_in(client, mentorship)
    said = {"held_on": TODAY.isoformat(), "kind": "text", "reached": "yes", "client_key": str(uuid.uuid4())}

    page = client.post(check_in(mentorship), said, follow=True).content.decode()
    bar = page.partition('aria-label="Just done"')[2].partition("</section>")[0]

    assert "Amaya R." in bar and "Saved: wrote to each other." in bar
    assert page.count("Saved: wrote to each other.") == 1


def test_who_watches_over_a_mentor_reads_the_log_in_the_staff_frame_and_finds_the_case(client):
    mentorship = MentorshipFactory()
    people = people_around(mentorship)
    case = f'href="{mentorship.case.get_absolute_url()}"'

    client.force_login(people["the supervisor"])
    page = client.get(mentorship.get_absolute_url()).content.decode()
    assert 'class="side"' in page and case in page and "Who may see" in page
    client.force_login(people["the mentor"])
    page = client.get(mentorship.get_absolute_url()).content.decode()
    assert 'class="tabbar"' in page and case not in page
