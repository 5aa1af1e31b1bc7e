"""Checking in: one meeting however often the form is sent, on a day that can be, taken back for ten minutes."""

import datetime
import uuid

import pytest
from django.utils import timezone

from mentors import concerns, meetings
from mentors.models import Concern, Meeting, Mentorship
from mlmc.core.models import Role
from tests.factories.core import UserFactory
from tests.factories.mentors import MeetingFactory, MentorshipFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def log(mentorship, **changed):
    said = {
        "by": mentorship.mentor.user,
        "at": NOW,
        "client_key": uuid.uuid4(),
        "kind": Meeting.Kind.DINNER,
        "held_on": TODAY,
        "minutes": 90,
        "reached": True,
        "mood": Meeting.Mood.GOOD,
        "topics": ["fun"],
        "words": "Cooked arroz together.",
        "handed_over": False,
    }
    return meetings.log(mentorship, **said | changed)


def test_a_check_in_is_kept_with_a_line_on_the_timeline_that_says_no_words_of_it():
    mentorship = MentorshipFactory()

    meeting = log(mentorship)

    meeting = Meeting.objects.get(pk=meeting.pk)
    assert (meeting.kind, meeting.minutes, meeting.words) == ("dinner", 90, "Cooked arroz together.")
    assert [(line.what, line.note) for line in mentorship.case.events.all()] == [("Had dinner together", "")]


def test_sent_twice_is_one_meeting_with_one_line_and_the_first_words():
    mentorship, key = MentorshipFactory(), uuid.uuid4()

    first, second = log(mentorship, client_key=key), log(mentorship, client_key=key, words="Other words.")

    assert (first.pk, Meeting.objects.get().words) == (second.pk, "Cooked arroz together.")
    assert mentorship.case.events.count() == 1


def test_a_key_of_another_youths_form_is_refused():
    key = uuid.uuid4()
    log(MentorshipFactory(), client_key=key)

    with pytest.raises(meetings.NotDuringMentorship, match="Open it anew"):
        log(MentorshipFactory(), client_key=key)


@pytest.mark.parametrize(
    ("days", "words"), [(1, "today or a day before"), (-201, "that is when you began"), (-5000, "when you began")]
)
def test_a_meeting_lies_between_the_beginning_and_today(days, words):
    with pytest.raises(meetings.NotDuringMentorship, match=words):
        log(MentorshipFactory(), held_on=TODAY + datetime.timedelta(days=days))


@pytest.mark.parametrize("trait", ["asking", "ended"])
def test_who_does_not_meet_does_not_check_in(trait):
    with pytest.raises(meetings.NotDuringMentorship, match="do not meet"):
        log(MentorshipFactory(**{trait: True}))


def test_part_of_the_family_still_checks_in():
    assert log(MentorshipFactory(family=True)).pk


def test_trying_counts_but_does_not_reset_the_days_since_contact():
    mentorship = MentorshipFactory()
    log(mentorship, held_on=TODAY - datetime.timedelta(days=9))
    log(mentorship, reached=False, minutes=None, mood=None)

    row = Mentorship.objects.for_list().get(pk=mentorship.pk)

    assert (row.last_reached_on, row.last_tried_on) == (TODAY - datetime.timedelta(days=9), TODAY)
    assert mentorship.case.events.latest("pk").what == "Tried to reach each other"


def test_a_check_in_can_be_taken_back_for_ten_minutes_by_who_saved_it():
    meeting = log(MentorshipFactory())

    with pytest.raises(meetings.CannotUndo):
        meetings.undo(meeting, by=UserFactory(roles=[Role.SUPERVISOR]), at=NOW)
    with pytest.raises(meetings.CannotUndo, match="ten minutes"):
        meetings.undo(meeting, by=meeting.logged_by, at=NOW + datetime.timedelta(minutes=11))
    meetings.undo(meeting, by=meeting.logged_by, at=NOW + datetime.timedelta(minutes=9))

    assert not Meeting.objects.visible_to(meeting.logged_by).exists()
    assert Mentorship.objects.for_list().get().last_reached_on is None


def test_a_worry_about_safety_is_never_taken_back():
    meeting = log(MentorshipFactory())
    concerns.raise_concern(meeting.mentorship.case, source="check_in", at=NOW, by=meeting.logged_by, meeting=meeting)

    with pytest.raises(meetings.CannotUndo, match="told about safety"):
        meetings.undo(meeting, by=meeting.logged_by, at=NOW)

    assert Concern.objects.count() == 1


def test_who_takes_a_handed_over_check_in_first_has_it():
    meeting, gwen, second = MeetingFactory(handed_over=True), UserFactory(), UserFactory()

    meetings.take_up(meeting, by=gwen, at=NOW)
    meetings.take_up(meeting, by=second, at=NOW)

    meeting.refresh_from_db()
    assert meeting.taken_up_by == gwen
    with pytest.raises(meetings.CannotUndo, match="taken this check-in up"):
        meetings.undo(meeting, by=meeting.logged_by, at=NOW)


def test_of_the_first_meeting_only_day_kind_of_place_and_what_was_agreed_are_kept():
    mentorship = MentorshipFactory()

    meetings.first_meeting(
        mentorship, by=None, at=NOW, met_on=mentorship.began_on, place_kind="meal", expectations_agreed=True
    )

    mentorship.refresh_from_db()
    assert (mentorship.first_met_on, mentorship.first_place_kind) == (mentorship.began_on, "meal")
    assert mentorship.expectations_agreed is True
