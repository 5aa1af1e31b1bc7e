"""A list asks the database as often for a thousand rows as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import CaseEvent, Referral
from mentors.models import Meeting, Mentor
from mlmc.core.models import User
from outcomes.models import FollowUp, Respondent
from tests.conftest import NO_ROWS
from tests.factories import (
    AccessFactory,
    AgencyFactory,
    CaseFactory,
    FollowUpFactory,
    MeetingFactory,
    MentorshipFactory,
    ReferralFactory,
    RespondentFactory,
    UserFactory,
    WaveFactory,
)

SIZES = (1, 25, 1000)
pytestmark = pytest.mark.django_db


def some_referrals(count):
    agency = AgencyFactory()
    Referral.objects.bulk_create(ReferralFactory.build_batch(count, agency=agency, keys=False))


def some_people(count):
    names = [f"mentor-{n}@example.org" for n in range(count)]
    return User.objects.bulk_create(User(email=name, name="Robin Keane", roles=["mentor"]) for name in names)


def some_mentors(count):
    CaseFactory()
    Mentor.objects.bulk_create(Mentor(user=user, status="active") for user in some_people(count))


def some_follow_ups(count):
    wave, rows = WaveFactory(), RespondentFactory.build_batch(count, brought_in=True)
    Respondent.objects.bulk_create(rows)
    FollowUp.objects.bulk_create(FollowUpFactory.build(respondent=row, wave=wave) for row in rows)


def some_handed_over(count):
    mentorship, support = MentorshipFactory(), UserFactory(support=True)
    AccessFactory(case=mentorship.case, user=support, as_what="support")
    Meeting.objects.bulk_create(MeetingFactory.build_batch(count, mentorship=mentorship, handed_over=True))
    return support


def some_meetings(count):
    mentorship = MentorshipFactory()
    Meeting.objects.bulk_create(MeetingFactory.build_batch(count, mentorship=mentorship))
    return mentorship.mentor.user, mentorship.get_absolute_url()


def a_timeline(count):
    row = AccessFactory(user=UserFactory(case_manager=True), as_what="case_manager")
    at = timezone.now() - timedelta(days=1)
    CaseEvent.objects.bulk_create(CaseEvent(case=row.case, at=at, what="Talked on the phone") for _ in range(count))
    return row.user, row.case.get_absolute_url()


def whose(role, name, make):
    """The page `name` for somebody in this role, after `make(count)`."""

    def ready(count):
        made = make(count)
        return made if isinstance(made, User) else UserFactory(**{role: True}), reverse(name)

    return ready


PAGES = {
    "referrals": whose("intake", "cases:referrals", some_referrals),
    "today": whose("director", "today", some_referrals),
    "people": whose("admin", "people:people", some_people),
    "matching": whose("assessment", "matching:board", some_mentors),
    "room on today": whose("director", "today", some_mentors),
    "follow-ups": whose("evaluation", "outcomes:follow_ups", some_follow_ups),
    "handed over": whose("support", "mentors:paperwork", some_handed_over),
    "meeting log": some_meetings,
    "timeline": a_timeline,
}


STATEMENTS = {
    "referrals": 11,
    "today": 15,
    "people": 8,  # of whom what waits for a second yes is counted in the menu
    "matching": 18,
    "room on today": 16,
    "follow-ups": 6,
    "handed over": 5,
    "meeting log": 11,
    "timeline": 14,
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("size", SIZES)
def test_a_list_asks_as_often_for_a_thousand_rows(client, page, size):
    user, url = PAGES[page](size)
    client.force_login(user)
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    said = [query["sql"] for query in queries if not NO_ROWS.match(query["sql"])]
    assert len(said) == STATEMENTS[page], "\n".join(said)
