"""Danger is never only stored: who is told, when, who is next, and that nobody loses it."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import Access, As
from mentors import concerns, lifecycle
from mentors.models import Concern, ConcernStatus
from mentors.tasks import pass_on_concerns
from mlmc import program
from mlmc.core.models import OutboxRow, Role
from tests.factories.cases import CaseFactory
from tests.factories.core import TeamFactory, UserFactory
from tests.factories.mentors import ConcernFactory, MeetingFactory, MentorshipFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + datetime.timedelta(minutes=30)


def supervisors(number=2, **more):
    return [UserFactory(roles=[Role.SUPERVISOR], **more) for _ in range(number)]


def on_call(*people):
    program.save(program.Program(on_call=[str(person.pk) for person in people]))


def raised(case=None, **more):
    return concerns.raise_concern(case or CaseFactory(access=False), source="check_in", at=NOW, **more)


def test_the_first_on_the_rota_is_told_by_a_message_of_that_moment_and_may_open_the_case():
    second, first = supervisors()
    on_call(first, second)

    concern = raised(words="Not home since Friday.")

    assert (concern.status, concern.told, concern.told_at) == (ConcernStatus.TOLD, first, NOW)
    [message] = OutboxRow.objects.all()
    assert (message.kind, message.recipient, message.about, message.due_at) == ("concern", first, str(concern.pk), NOW)
    assert list(concern.case.access.values_list("user", "as_what", "until")) == [(first.pk, As.ON_CALL, None)]
    assert [line.what for line in concern.case.events.all()] == ["A safety concern was raised"]


def test_without_a_rota_the_mentors_own_supervisor_is_told():
    team = TeamFactory()
    supervisors()
    [own] = supervisors(1, team=team)
    mentorship = MentorshipFactory(mentor__user__team=team)

    assert raised(mentorship.case, by=mentorship.mentor.user).told == own


def test_without_a_rota_and_a_team_any_supervisor_is_told_and_else_the_director():
    director = UserFactory(roles=[Role.DIRECTOR])
    assert raised().told == director

    [someone] = supervisors(1)
    assert raised().told == someone


def test_nobody_behind_a_wall_switched_off_or_no_longer_a_supervisor_is_told():
    case = CaseFactory(access=False)
    walled, off, moved, right = (*supervisors(1), *supervisors(1, is_active=False), UserFactory(), *supervisors(1))
    access.wall(case.youth, walled)
    on_call(walled, off, moved, right)

    assert raised(case).told == right


def test_who_raised_it_is_told_only_when_there_is_nobody_else():
    first, second = supervisors()
    on_call(first, second)

    assert raised(by=first).told == second
    on_call(first)
    assert raised(by=first).told == second


def test_a_check_in_raises_one_concern_however_often_it_is_sent():
    supervisors(1)
    meeting = MeetingFactory()

    one = raised(meeting.mentorship.case, meeting=meeting)
    two = raised(meeting.mentorship.case, meeting=meeting)

    assert one == two
    assert OutboxRow.objects.count() == 1


def test_after_thirty_minutes_it_goes_to_the_next_and_round_again_and_earlier_ones_keep_access():
    first, second = supervisors()
    on_call(first, second)
    concern = raised()

    assert concerns.pass_on_unacknowledged(at=LATER - datetime.timedelta(seconds=1)) == 0
    assert concerns.pass_on_unacknowledged(at=LATER) == 1
    concern.refresh_from_db()
    assert (concern.told, concern.turns) == (second, 1)
    assert concerns.pass_on_unacknowledged(at=LATER + datetime.timedelta(minutes=30)) == 1
    concern.refresh_from_db()
    assert (concern.told, concern.turns) == (first, 2)

    rows = Access.objects.filter(case=concern.case, as_what=As.ON_CALL, until=None)
    assert set(rows.values_list("user", flat=True)) == {first.pk, second.pk}
    assert [row.recipient for row in OutboxRow.objects.order_by("due_at")] == [first, second, first]


def test_one_alone_on_call_is_told_again():
    supervisors(1)
    raised()

    concerns.pass_on_unacknowledged(at=LATER)

    assert OutboxRow.objects.count() == 2


def test_the_task_passes_on_what_waited_too_long():
    first, second = supervisors()
    on_call(first, second)
    concern = ConcernFactory(told=first, told_at=timezone.now() - datetime.timedelta(minutes=31))

    pass_on_concerns()

    concern.refresh_from_db()
    assert concern.told == second


def test_an_acknowledged_concern_stays_with_who_has_it():
    first, _ = supervisors()
    concern = raised()

    concerns.acknowledge(concern, by=first, at=NOW)

    assert concerns.pass_on_unacknowledged(at=LATER) == 0
    concern.refresh_from_db()
    assert (concern.status, concern.acknowledged_by) == (ConcernStatus.ACKNOWLEDGED, first)


def test_the_second_to_acknowledge_hears_that_somebody_has_it():
    first, second = supervisors()
    concern = raised()
    stale = Concern.objects.get(pk=concern.pk)
    concerns.acknowledge(concern, by=first, at=NOW)

    with pytest.raises(lifecycle.MoveNotAllowed, match="Somebody has it already"):
        concerns.acknowledge(stale, by=second, at=NOW)


def test_nobody_resolves_what_nobody_has_in_hand():
    supervisors(1)

    with pytest.raises(lifecycle.MoveNotAllowed):
        concerns.resolve(raised(), by=None, at=NOW, resolution="Home and safe.")


def test_resolved_keeps_the_words_and_ends_access_once_nothing_else_is_open():
    [first] = supervisors(1)
    case = CaseFactory(access=False)
    one, two = raised(case), raised(case)
    for concern in (one, two):
        concerns.acknowledge(concern, by=first, at=NOW)

    concerns.resolve(one, by=first, at=NOW, resolution="Home and safe.")
    assert case.access.filter(until=None).count() == 1
    concerns.resolve(two, by=first, at=NOW, resolution="Home and safe.")

    assert case.access.filter(until=None).count() == 0
    assert Concern.objects.get(pk=one.pk).resolution == "Home and safe."


def test_a_concern_of_nobody_on_call_is_told_as_soon_as_there_is_somebody():
    concern = raised()
    assert concern.told is None

    [late] = supervisors(1)
    concerns.pass_on_unacknowledged(at=LATER)

    concern.refresh_from_db()
    assert concern.told == late


def test_whoever_has_a_concern_is_led_on_to_the_case_and_the_mentor(client):
    mentorship = MentorshipFactory()
    supervisor = UserFactory(supervisor=True)
    access.give(mentorship.case, user=supervisor, as_what=As.SUPERVISOR, why="team", by=None, at=NOW)
    concern = ConcernFactory(case=mentorship.case, told=supervisor, raised_by=mentorship.mentor.user)

    client.force_login(supervisor)
    page = client.get(concern.get_absolute_url()).content.decode().partition("<main")[2]
    for where in (reverse("mentors:team"), mentorship.case.get_absolute_url(), mentorship.get_absolute_url()):
        assert f'href="{where}"' in page
    assert mentorship.mentor.user.email in page

    client.force_login(mentorship.mentor.user)
    page = client.get(concern.get_absolute_url()).content.decode().partition("<main")[2]
    assert f'href="{reverse("mentors:my_youth")}"' in page
    assert mentorship.case.get_absolute_url() not in page
