"""Cases, concerns and referrals of somebody who leaves: to a colleague, and in no moment to nobody."""

import pytest

from cases import access
from cases.models import Access, As, Emergency, Referral
from mentors import concerns
from mentors.models import (
    ConcernStatus,
)
from mlmc import program
from mlmc.core import holding
from mlmc.core.models import OutboxRow, User
from mlmc.people import leaving
from tests.factories import (
    AccessFactory,
    ConcernFactory,
    LeaveFactory,
    MentorFactory,
    ReferralFactory,
    TeamFactory,
    UserFactory,
)
from tests.leaving import DAY, NOW, gives, hands_over, page_of, told

pytestmark = pytest.mark.django_db
NEVER_SAID = "cannot take this over"


@pytest.mark.parametrize("as_what", ["case_manager", "supervisor", "support", "intake", "assessment"])
def test_a_case_goes_to_a_colleague_in_the_same_role_and_no_moment_lies_between(client, director, as_what):
    person, to = UserFactory(**{as_what: True}), UserFactory(**{as_what: True})
    row = gives(as_what, person)

    hands_over(client, director, person, as_what, {f"line_{row.pk}": to})

    row.refresh_from_db()
    [new] = Access.objects.filter(user=to)
    assert (new.case, new.as_what, new.until, new.begins) == (row.case, as_what, None, row.until)
    assert told() == {to, person}
    assert row.case.events.filter(what="Handed over to a colleague", by=director).count() == 1


def test_nobody_in_another_role_can_be_chosen(client, director):
    person, to = UserFactory(case_manager=True), UserFactory(support=True)
    row = gives(As.CASE_MANAGER, person)

    page = hands_over(client, director, person, "case_manager", {f"line_{row.pk}": to}).content.decode()

    assert NEVER_SAID in page
    assert not Access.objects.filter(user=to).exists()


def test_an_emergency_waiting_for_review_is_told_to_who_supervises_next(client, director):
    person, to = UserFactory(supervisor=True), UserFactory(supervisor=True)
    row = gives(As.SUPERVISOR, person)
    opened = AccessFactory(case=row.case, as_what=As.BREAK_GLASS, user=director, until=NOW + DAY)
    emergency = Emergency.objects.create(access=opened, by=director, reason="A worried call.")

    hands_over(client, director, person, "supervisor", {f"line_{row.pk}": to})

    assert OutboxRow.objects.filter(recipient=to, about=str(emergency.pk)).exists()


@pytest.mark.parametrize("who", ["admin", "director"])
def test_who_manages_people_takes_no_youth_over_by_this_page(client, who):
    reader = UserFactory(roles=[who, "case_manager"])
    person, to = UserFactory(case_manager=True), UserFactory(case_manager=True)
    row, kind = gives(As.CASE_MANAGER, person), holding.named("case_manager")

    page = page_of(client, reader, person)
    refused = hands_over(client, reader, person, "case_manager", {"rest": reader})
    with pytest.raises(holding.NotTaken, match="You manage people"):
        holding.hand_over(kind, *kind.find([person.pk]), reader, person=person, by=reader, at=NOW)

    assert f'value="{to.pk}"' in page
    assert f'value="{reader.pk}"' not in page
    assert refused.status_code == 200
    row.refresh_from_db()
    assert (row.until, Access.objects.filter(user=reader).exists()) == (None, False)


@pytest.mark.parametrize("works_here", [True, False])
def test_who_had_it_hears_that_it_went_while_they_work_here(client, director, works_here):
    person, to = UserFactory(case_manager=True, is_active=works_here), UserFactory(case_manager=True)
    [gives(As.CASE_MANAGER, person) for _ in range(2)]

    hands_over(client, director, person, "case_manager", {"rest": to})

    assert OutboxRow.objects.filter(recipient=person).count() == works_here
    assert OutboxRow.objects.filter(recipient=to).count() == 2


def test_whoever_leads_from_now_on_is_read_anew(director):
    person, to = UserFactory(supervisor=True, team=TeamFactory()), UserFactory(supervisor=True)
    mentor = MentorFactory(user__team=person.team)
    own = TeamFactory()
    User.objects.filter(pk=to.pk).update(team=own)  # since the page was opened
    kind = holding.named("led")

    holding.hand_over(kind, *kind.find([person.pk]), to, person=person, by=director, at=NOW)

    assert (User.objects.get(pk=mentor.user_id).team, User.objects.get(pk=to.pk).team) == (own, own)


@pytest.mark.parametrize("taken", [False, True])
def test_a_concern_stands_with_who_takes_it_over_until_they_say_so(client, director, taken):
    person, to = UserFactory(supervisor=True), UserFactory(supervisor=True)
    concern = ConcernFactory(told=person)
    access.give(concern.case, user=person, as_what=As.ON_CALL, why="on call", by=None, at=NOW - DAY)
    if taken:
        concerns.acknowledge(concern, by=person, at=NOW)

    hands_over(client, director, person, "concerns", {"line_" + str(concern.pk): to})

    concern.refresh_from_db()
    assert (concern.status, concern.told, concern.acknowledged_by) == (ConcernStatus.TOLD, to, None)
    rows = Access.objects.filter(case=concern.case, as_what=As.ON_CALL, until=None)
    assert [row.user for row in rows] == [to]
    assert OutboxRow.objects.filter(kind="concern", recipient=to).count() == 1


@pytest.mark.parametrize("why", ["on leave", "raised it"])
@pytest.mark.parametrize("chosen", [True, False])
def test_a_concern_goes_to_nobody_who_is_away_or_raised_it(client, admin, director, why, chosen):
    """By the page, or to the next on call where the account ends at once."""
    person, to, other = (UserFactory(supervisor=True) for _ in range(3))
    concern = ConcernFactory(told=person, raised_by=to if why == "raised it" else None)
    if why == "on leave":
        LeaveFactory(person=to, granted=True)
    program.save(program.Program(on_call=[str(person.pk), str(to.pk), str(other.pk)]), by=admin, at=NOW)
    everybody = UserFactory(roles=["director", "supervisor"])
    gives(As.ON_CALL, everybody, case=concern.case)

    if chosen:
        answer = hands_over(client, everybody, person, "concerns", {"line_" + str(concern.pk): to})
        assert answer.status_code == 200
        assert str(to.pk) not in answer.content.decode().partition(f'line_{concern.pk}"')[2].partition("</select>")[0]
        concern.refresh_from_db()
        assert concern.told == person
        concerns.pass_to(concern, to, person=person, by=admin, at=NOW)  # whoever asks for it
    else:
        leaving.leave(person, by=admin, at=NOW, anyway=True)

    concern.refresh_from_db()
    assert concern.told == other


def test_who_raised_a_concern_takes_it_where_nobody_else_is(admin):
    person, to = UserFactory(supervisor=True), UserFactory(supervisor=True)
    concern = ConcernFactory(told=person, raised_by=to)
    kind = holding.named("concerns")

    holding.hand_over(kind, *kind.find([person.pk]), to, person=person, by=admin, at=NOW)

    concern.refresh_from_db()
    assert concern.told == to


@pytest.mark.parametrize("as_what", [As.CASE_MANAGER, As.SUPERVISOR])
def test_nothing_goes_to_somebody_who_is_away_today(client, director, as_what):
    person, to = UserFactory(roles=[as_what.value]), UserFactory(roles=[as_what.value], name="Ada Away")
    row = gives(as_what, person)
    LeaveFactory(person=to, granted=True)

    answer = hands_over(client, director, person, as_what.value, {f"line_{row.pk}": to})

    assert answer.status_code == 200
    assert "Is on leave." in answer.content.decode()
    row.refresh_from_db()
    assert row.until is None


def test_whose_leave_begins_later_is_covered_there_too(client, director):
    person, to, cover = (UserFactory(case_manager=True) for _ in range(3))
    row = gives(As.CASE_MANAGER, person)
    LeaveFactory(person=to, cover=cover, granted_at=NOW)

    hands_over(client, director, person, "case_manager", {f"line_{row.pk}": to})

    assert Access.objects.get(case=row.case, user=cover, as_what=As.COVER).begins > NOW + DAY


def test_a_referral_goes_to_a_colleague_who_is_told(client, admin):
    person, to = UserFactory(intake=True), UserFactory(intake=True)
    referral = ReferralFactory(taken_by=person)

    hands_over(client, admin, person, "referrals", {"rest": to})

    assert Referral.objects.get(pk=referral.pk).taken_by == to
    assert told() == {to, person}
