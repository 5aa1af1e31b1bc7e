"""Safety words first: what came stands until a person confirms it; nobody is written to who is missing from care."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import As, Case, CaseEvent, SafetyNeed
from mlmc.core.models import Change
from tests.conftest import StrictClient
from tests.factories import (
    AccessFactory,
    MentorshipFactory,
    ReferralFactory,
    SafetyNeedFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
AS_IT_CAME = "male driver alone in car - no. old number is not hers"
PLAIN = {"kind": "closed_room", "hard": "hard", "words": "No man alone with her in a car."}


@pytest.fixture
def mentorship():
    return MentorshipFactory()


@pytest.fixture
def need(mentorship):
    return SafetyNeedFactory(youth=mentorship.case.youth, words=AS_IT_CAME)


@pytest.fixture
def supervisor(client, mentorship):
    user = UserFactory(supervisor=True)
    AccessFactory(case=mentorship.case, user=user, as_what=As.SUPERVISOR)
    client.force_login(user)
    return user


def at(name, mentorship, *more):
    return reverse(f"cases:{name}", args=[mentorship.case_id, *more])


def browser(user):
    client = StrictClient()
    client.force_login(user)
    return client


def test_what_came_stands_on_every_page_about_the_youth_until_it_is_confirmed(client, mentorship, need, supervisor):
    mentor = browser(mentorship.mentor.user)
    pages = [
        client.get(mentorship.case.get_absolute_url()),
        client.get(at("safety", mentorship)),
        client.get(mentorship.get_absolute_url()),
        mentor.get(mentorship.get_absolute_url()),
        mentor.get(reverse("mentors:check_in", args=[mentorship.pk])),
    ]

    for page in pages:
        said = page.content.decode()
        assert AS_IT_CAME in said and "not confirmed yet" in said


def test_confirmed_it_is_a_need_of_a_kind_and_the_words_that_came_are_kept(client, mentorship, need, supervisor):
    client.post(at("need_confirm", mentorship, need.pk), PLAIN)

    need.refresh_from_db()
    assert (need.kind, need.is_hard, need.plain, need.words) == ("closed_room", True, PLAIN["words"], AS_IT_CAME)
    assert need.confirmed_by == supervisor
    said = browser(mentorship.mentor.user).get(mentorship.get_absolute_url()).content.decode()
    assert PLAIN["words"] in said and AS_IT_CAME not in said and "not confirmed yet" not in said
    assert AS_IT_CAME in client.get(at("safety", mentorship)).content.decode()
    event = CaseEvent.objects.filter(case=mentorship.case).latest("at")
    assert (event.what, event.note, event.by) == ("Safety words were confirmed", "", supervisor)
    assert Change.objects.filter(table_name="cases_safetyneed", row_id=str(need.pk)).exists()


def test_a_wish_is_said_as_one(client, mentorship, need, supervisor):
    client.post(at("need_confirm", mentorship, need.pk), PLAIN | {"hard": "wish"})

    need.refresh_from_db()
    assert not need.is_hard
    assert "Better so" in client.get(mentorship.case.get_absolute_url()).content.decode()


def test_more_can_be_written_down_and_what_no_longer_holds_stays_in_the_record(client, mentorship, need, supervisor):
    client.post(at("need_add", mentorship), {"kind": "place", "hard": "hard", "words": "Not near the station."})
    client.post(at("need_lift", mentorship, need.pk), {"why": "She drives herself now."})

    assert [one.said for one in mentorship.case.youth.safety_needs.standing()] == ["Not near the station."]
    assert SafetyNeed.objects.get(pk=need.pk).lifted_why == "She drives herself now."
    page = client.get(at("safety", mentorship)).content.decode()
    assert "She drives herself now." in page
    assert AS_IT_CAME not in client.get(mentorship.case.get_absolute_url()).content.decode()


@pytest.mark.parametrize("sent", [{}, PLAIN | {"words": ""}, PLAIN | {"kind": "spell"}, PLAIN | {"hard": ""}])
def test_half_a_need_changes_nothing(client, mentorship, need, supervisor, sent):
    answer = client.post(at("need_confirm", mentorship, need.pk), sent)

    need.refresh_from_db()
    assert (answer.status_code, need.confirmed_at) == (200, None)


def test_a_mentor_or_a_stranger_confirms_nothing(mentorship, need):
    for user in (mentorship.mentor.user, UserFactory(supervisor=True), UserFactory(director=True)):
        client = browser(user)
        assert client.get(at("safety", mentorship)).status_code == 404
        assert client.post(at("need_confirm", mentorship, need.pk), PLAIN).status_code == 404
        assert client.post(at("flag", mentorship), {"name": "missing_since", "since": "2026-01-01"}).status_code == 404
    need.refresh_from_db()
    assert need.confirmed_at is None


def test_anothers_need_is_not_reached_through_ones_own_case(client, mentorship, supervisor):
    other = SafetyNeedFactory()

    assert client.post(at("need_confirm", mentorship, other.pk), PLAIN).status_code == 404
    assert client.post(at("need_lift", mentorship, other.pk), {"why": "x"}).status_code == 404


def test_before_the_first_meeting_stands_what_helps_and_afterwards_it_is_gone(mentorship):
    mentor = browser(mentorship.mentor.user)
    guide = "Before you meet for the first time"
    assert guide in mentor.get(mentorship.get_absolute_url()).content.decode()

    mentorship.first_met_on = timezone.localdate()
    mentorship.save()

    assert guide not in mentor.get(mentorship.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", ["need_lift", "flag", "need_add", "contact_confirm"])
def test_the_summary_of_mistakes_leads_to_each(client, mentorship, need, supervisor, name):
    path = at(name, mentorship, *([need.pk] if name == "need_lift" else []))

    page = client.post(path, {"name": "missing_since"}).content.decode()

    targets = re.findall(r'href="#([^"]+)"', page.partition("data-error-summary")[2].partition("</ul>")[0])
    assert targets and all(f'id="{target}"' in page for target in targets)


def test_safety_words_stand_on_a_mentors_list_and_where_access_is_looked_at(client, mentorship, need, supervisor):
    assert AS_IT_CAME in browser(mentorship.mentor.user).get(reverse("mentors:my_youth")).content.decode()
    assert AS_IT_CAME in client.get(mentorship.case.get_access_url()).content.decode()
    director = browser(UserFactory(director=True))
    assert AS_IT_CAME not in director.get(mentorship.case.get_access_url()).content.decode()


def test_a_referral_says_that_what_holds_today_stands_with_the_case(need, mentorship):
    welcomed = UserFactory(intake=True)
    decided = {"status": "accepted", "decided_by": welcomed, "decided_at": timezone.now()}
    referral = ReferralFactory(missing="yes", safety_words=AS_IT_CAME, **decided)
    Case.objects.filter(pk=mentorship.case_id).update(referral=referral)

    assert "Open it again" not in browser(welcomed).get(referral.get_absolute_url()).content.decode()
    AccessFactory(case=mentorship.case, user=welcomed, as_what=As.INTAKE)
    page = browser(welcomed).get(referral.get_absolute_url()).content.decode()

    assert "Found since." in page
    assert f'<a href="{mentorship.case.get_absolute_url()}">with the case</a>' in page
