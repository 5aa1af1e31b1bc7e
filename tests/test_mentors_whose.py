"""A check-in on the wrong youth moves to the right one: whole, with its concern, and nothing of it stays behind."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import As
from mentors import concerns, meetings
from mentors.models import Concern, ConcernStatus, Meeting
from mlmc.core.models import Change
from tests.conftest import acting
from tests.factories import MeetingFactory, MentorFactory, MentorshipFactory, UserFactory, WallFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def two():
    """The mentorship it was saved under, and the one it was about."""
    mentor = MentorFactory()
    return MentorshipFactory(mentor=mentor), MentorshipFactory(mentor=mentor)


def lines(mentorship):
    return [(line.what, line.note) for line in mentorship.case.events.order_by("at", "pk")]


def move(meeting, to, *, at=NOW):
    return meetings.move(meeting, to, by=meeting.logged_by, at=at)


def supervises(mentorship):
    person = UserFactory(supervisor=True)
    access.give(
        mentorship.case,
        user=person,
        as_what=As.SUPERVISOR,
        why="supervises the mentor",
        by=None,
        at=NOW - timedelta(1),
    )
    return person


def test_both_timelines_say_that_it_moved_and_none_of_its_words(two):
    wrong, right = two
    meeting = MeetingFactory(mentorship=wrong, words="We cooked.")

    move(meeting, right)

    assert Meeting.objects.get().mentorship == right
    assert lines(wrong) == [("A check-in here was about somebody else", "")]
    assert lines(right) == [("A check-in was moved here", "")]
    kept = Change.objects.get(table_name="mentors_meeting")
    assert kept.fields == ["mentorship_id"]


def test_the_others_readers_lose_it_by_every_right(two):
    wrong, right = two
    meeting, before, after = MeetingFactory(mentorship=wrong), supervises(wrong), supervises(right)

    with acting(meeting.logged_by):
        move(meeting, right)

    with acting(before):
        assert not Meeting.objects.exists()
    with acting(after):
        assert Meeting.objects.get() == meeting


def test_its_concern_moves_with_it_and_who_was_told_sees_only_the_right_youth(two):
    wrong, right = two
    supervisor = UserFactory(supervisor=True)
    meeting = MeetingFactory(mentorship=wrong)
    concerns.raise_concern(
        wrong.case, source="check_in", at=NOW, by=meeting.logged_by, words="A car.", meeting=meeting
    )

    move(meeting, right, at=timezone.now())

    concern = Concern.objects.get()
    assert (concern.case, concern.told) == (right.case, supervisor)
    with acting(supervisor):
        assert [one.case_id for one in Concern.objects.read_by(supervisor)] == [right.case_id]
    assert ("A safety concern was moved here", "") in lines(right)
    assert ("A safety concern here was about somebody else", "") in lines(wrong)


def test_a_wall_at_the_right_youth_tells_the_next_on_call(two):
    wrong, right = two
    first, second = UserFactory(supervisor=True), UserFactory(supervisor=True)
    meeting = MeetingFactory(mentorship=wrong)
    concern = concerns.raise_concern(wrong.case, source="check_in", at=NOW, by=meeting.logged_by, meeting=meeting)
    concerns.acknowledge(concern, by=first, at=NOW)
    WallFactory(user=first, youth=right.case.youth)

    move(meeting, right)

    concern.refresh_from_db()
    assert (concern.status, concern.told, concern.acknowledged_by) == (ConcernStatus.TOLD, second, None)


def test_support_takes_it_up_anew_where_it_belongs(two):
    wrong, right = two
    meeting = MeetingFactory(mentorship=wrong, handed_over=True)
    meetings.take_up(meeting, by=UserFactory(support=True), at=NOW)

    move(meeting, right)

    assert Meeting.objects.get().taken_up_at is None


def test_only_who_saved_it_moves_it_and_only_to_a_day_they_met(two):
    wrong, right = two
    meeting = MeetingFactory(mentorship=wrong, held_on=timezone.localdate(NOW) - timedelta(days=9))
    right.began_on = timezone.localdate(NOW)
    right.save(update_fields=["began_on"])

    with pytest.raises(meetings.CannotUndo):
        meetings.move(meeting, right, by=MentorFactory().user, at=NOW)
    with pytest.raises(meetings.NotDuringMentorship):
        move(meeting, right)

    assert Meeting.objects.get().mentorship == wrong and not lines(wrong)


def test_a_mentor_moves_it_from_the_page_and_never_to_anothers_youth(client, two):
    wrong, right = two
    meeting, others = MeetingFactory(mentorship=wrong), MentorshipFactory()
    address = reverse("mentors:check_in_move", args=[meeting.pk])
    client.force_login(wrong.mentor.user)
    assert address in client.get(wrong.get_absolute_url()).content.decode()
    assert address in client.get(reverse("mentors:my_youth")).content.decode()

    assert "Choose from the list." in client.post(address, {"to": others.pk}).content.decode().replace(
        "Choose one of these.", "Choose from the list."
    )
    client.post(address, {"to": right.pk})

    assert Meeting.objects.get().mentorship == right
    client.force_login(others.mentor.user)
    assert client.get(address).status_code == 404
