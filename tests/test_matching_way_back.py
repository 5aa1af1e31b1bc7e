"""A wrong match: place and access return, the youth waits where they stood, and no goodbye is said for them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import Access, As, Case, CaseStatus
from matching.ask import NoLongerAsked, answer_as_mentor, answer_for_youth, ask_both, take_back, to_take_back
from mentors import mentorships
from mentors.lifecycle import MoveNotAllowed
from mentors.models import AccompanimentStatus, Mentorship, Status
from mlmc.core.models import Role
from tests.conftest import acting
from tests.factories import (
    AccompanimentFactory,
    CaseFactory,
    MentorFactory,
    MentorshipFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ana():
    return UserFactory(assessment=True)


@pytest.fixture
def waiting():
    """A youth who has waited for a while, seen by those who welcome."""
    case = CaseFactory(accepted_at=NOW - timedelta(days=30), access=False)
    for role, as_what in ((Role.INTAKE, As.INTAKE), (Role.ASSESSMENT, As.ASSESSMENT)):
        access.give(case, role=role, as_what=as_what, why="welcomes", by=None, at=NOW - timedelta(days=30))
    return case


def asked(case, by, *, at=NOW):
    return ask_both(case, MentorFactory(), rationale="They both cook.", by=by, at=at)


def begun(case, by, *, at=NOW):
    match = asked(case, by, at=at)
    answer_as_mentor(match, True, by=match.mentorship.mentor.user, at=at)
    return answer_for_youth(match, True, by=by, at=at)


def queue():
    return list(Case.objects.waiting())


def open_rows(case):
    rows = Access.objects.filter(case=case, until=None)
    return {(row.role or row.user_id, row.as_what) for row in rows}


@pytest.mark.parametrize("how", [asked, begun])
def test_within_ten_minutes_place_access_and_the_place_in_the_queue_return(ana, waiting, how):
    later = CaseFactory(accepted_at=NOW - timedelta(days=2))
    before, order = open_rows(waiting), queue()
    match = how(waiting, ana, at=NOW - timedelta(minutes=9))

    take_back(match, by=ana, at=NOW)

    mentorship = Mentorship.objects.get()
    assert (mentorship.status, mentorship.slot) == (Status.MISTAKEN, None)
    assert (open_rows(waiting), queue()) == (before, order) and later in order
    said = [line.what for line in waiting.events.all()]
    assert "A match was made by mistake; the place is free again" in said
    assert not any("goodbye" in words for words in said)
    with acting(mentorship.mentor.user):
        assert not Mentorship.objects.exists()


@pytest.mark.parametrize("why", ["late", "another", "twice"])
def test_what_is_not_taken_back_changes_nothing(ana, waiting, why):
    match = begun(waiting, ana)
    if why == "twice":
        take_back(match, by=ana, at=NOW)
    before = Mentorship.objects.get().status

    with pytest.raises(NoLongerAsked):
        take_back(
            match,
            by=UserFactory(assessment=True) if why == "another" else ana,
            at=NOW + timedelta(minutes=11 if why == "late" else 1),
        )

    assert Mentorship.objects.get().status == before


def test_the_mentor_who_was_asked_by_mistake_can_be_asked_again(ana, waiting):
    match = asked(waiting, ana)
    take_back(match, by=ana, at=NOW)

    again = ask_both(waiting, match.mentorship.mentor, rationale="After all.", by=ana, at=NOW)

    assert again.mentorship.status == Status.ASKING


def test_later_a_supervisor_says_so_with_a_reason(client, waiting, ana):
    match = begun(waiting, ana)
    team = TeamFactory()
    supervisor = UserFactory(supervisor=True, team=team)
    access.give(waiting, user=supervisor, as_what=As.SUPERVISOR, why="supervises", by=None, at=NOW)
    address = reverse("mentors:mistaken", args=[match.mentorship_id])
    client.force_login(supervisor)
    assert address in client.get(match.mentorship.get_absolute_url()).content.decode()

    assert "Say it in a few words." in client.post(address, {"note": ""}).content.decode()
    client.post(address, {"note": "Two youth with one first name."})

    waiting.refresh_from_db()
    assert (Mentorship.objects.get().status, waiting.status) == (Status.MISTAKEN, CaseStatus.WAITING)
    assert waiting.events.order_by("at", "pk").last().note == "Two youth with one first name."


def test_what_was_planned_by_mistake_is_called_off(ana, waiting):
    match = begun(waiting, ana)
    planned = AccompanimentFactory(mentorship=match.mentorship, begins_at=NOW + timedelta(days=1))
    before = AccompanimentFactory(mentorship=match.mentorship, begins_at=NOW - timedelta(hours=1))

    take_back(match, by=ana, at=NOW)

    planned.refresh_from_db(), before.refresh_from_db()
    assert planned.status == AccompanimentStatus.CALLED_OFF
    assert before.status == AccompanimentStatus.PLANNED  # whether it happened is still to be said
    assert "A planned meeting was called off" in [line.what for line in waiting.events.all()]


def test_after_months_it_was_no_mistake_but_a_mentorship():
    mentorship = MentorshipFactory(status=Status.MONTHLY)

    with pytest.raises(MoveNotAllowed):
        mentorships.mistaken(mentorship, by=UserFactory(supervisor=True), at=NOW)


def test_the_bar_stands_on_the_board_also_after_both_said_yes(client, ana, waiting):
    match = begun(waiting, ana, at=timezone.now())
    address = reverse("matching:take_back", args=[match.pk])
    client.force_login(ana)
    assert address in client.get(reverse("matching:board")).content.decode()

    client.post(address)

    assert Mentorship.objects.get().status == Status.MISTAKEN
    assert to_take_back(ana, at=timezone.now()) is None
    assert client.post(address).status_code == 404
