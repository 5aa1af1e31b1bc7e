"""The check-in: what it keeps, whom it tells, and what bad input gets."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from mentors.models import Concern, Meeting
from mlmc.core.models import OutboxRow
from tests.factories import MeetingFactory, MentorshipFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def check_in(mentorship):
    return reverse("mentors:check_in", args=[mentorship.pk])


def taps(**changed):
    said = {"client_key": str(uuid.uuid4()), "kind": "dinner", "reached": "yes", "held_on": TODAY.isoformat()}
    return said | {"minutes": "60", "mood": "4", "topics": ["fun", "home"], "words": "Tacos."} | changed


def signed_in(client, mentorship):
    client.force_login(mentorship.mentor.user)
    return client


def test_a_check_in_is_saved_and_can_be_taken_back_from_my_youth(client):
    mentorship = MentorshipFactory()
    signed_in(client, mentorship)

    page = client.post(check_in(mentorship), taps(), follow=True).content.decode()

    meeting = Meeting.objects.get()
    assert (meeting.kind, meeting.minutes, meeting.mood, meeting.topics) == ("dinner", 60, 4, ["fun", "home"])
    assert (meeting.words, meeting.handed_over, meeting.logged_by) == ("Tacos.", False, mentorship.mentor.user)
    assert "Saved: had dinner together." in page and "Take it back" in page

    undo = reverse("mentors:check_in_undo", args=[meeting.pk])
    assert "Taken back." in client.post(undo, follow=True).content.decode()
    assert not Meeting.objects.visible_to(mentorship.mentor.user).exists()


def test_a_double_submit_makes_one_meeting_and_one_concern_and_answers_the_same(client):
    mentorship, said = MentorshipFactory(), taps(safety="on", safety_words="Not home since Friday.")
    UserFactory(supervisor=True)
    signed_in(client, mentorship)

    answers = [client.post(check_in(mentorship), said) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Meeting.objects.count(), Concern.objects.count(), OutboxRow.objects.count()) == (1, 1, 1)


def test_tried_is_kept_without_a_mood(client):
    mentorship = MentorshipFactory()

    signed_in(client, mentorship).post(check_in(mentorship), taps(reached="tried", minutes=""))

    meeting = Meeting.objects.get()
    assert (meeting.reached, meeting.mood, meeting.minutes) == (False, None, None)


def test_safety_says_who_is_told_and_tells_them(client):
    mentorship, simone = MentorshipFactory(), UserFactory(supervisor=True, name="Simone Laurent")
    signed_in(client, mentorship)

    assert "Simone L. is told the moment you save" in client.get(check_in(mentorship)).content.decode()
    client.post(check_in(mentorship), taps(safety="on", safety_words="Not home since Friday."))

    concern = Concern.objects.get()
    assert (concern.told, concern.words, concern.meeting) == (simone, "Not home since Friday.", Meeting.objects.get())
    assert [(row.kind, row.recipient) for row in OutboxRow.objects.all()] == [("concern", simone)]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("held_on", (TODAY + datetime.timedelta(days=1)).isoformat(), "Enter today or a day before it."),
        ("held_on", (TODAY - datetime.timedelta(days=201)).isoformat(), "that is when you began"),
        ("held_on", "2026-02-30", "Enter a real date"),
        ("held_on", "0000-01-01", "Enter a real date"),
        ("held_on", "9999-12-31", "Enter today or a day before it."),
        ("held_on", "", "Enter a date."),
        ("more_minutes", "-5", "Enter minutes from 1 to 1,440"),
        ("more_minutes", "1441", "Enter minutes from 1 to 1,440"),
        ("more_minutes", "9" * 50, "Enter minutes from 1 to 1,440"),
        ("more_minutes", "a\x00b", "Enter minutes from 1 to 1,440"),
        ("kind", "", "Choose one of these."),
        ("kind", "teleport", "Choose one of these."),
        ("mood", "6", "Choose one of these."),
        ("topics", ["fun", "\x00"], "Choose one of these."),
        ("words", "x" * 2001, "Keep this under 2,000 characters."),
        ("words", "a\x00b", "Some characters here cannot be read."),
        ("safety_words", "\x07", "Some characters here cannot be read."),
        ("client_key", "not a key", "This page was open too long."),
        ("client_key", "", "This page was open too long."),
    ],
)
def test_bad_input_gets_a_sentence_and_what_was_typed_is_kept(client, field, value, words):
    mentorship = MentorshipFactory()

    answer = signed_in(client, mentorship).post(
        check_in(mentorship), taps(**{field: value, "topics": ["work"]} | {field: value})
    )

    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page
    assert field == "words" or "Tacos." in page
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("words", ["مرحبا \u200f", "🌮🌮", "‮abc", "a\r\nb"])
def test_words_of_every_writing_are_kept(client, words):
    mentorship = MentorshipFactory()

    signed_in(client, mentorship).post(check_in(mentorship), taps(words=words))

    assert Meeting.objects.get().words.replace("\r", "") == words.replace("\r", "").strip()


def test_a_client_key_of_another_form_says_so(client):
    mentorship, other = MentorshipFactory(), MeetingFactory()

    page = signed_in(client, mentorship).post(check_in(mentorship), taps(client_key=str(other.client_key)))

    assert "Open it anew." in page.content.decode()
