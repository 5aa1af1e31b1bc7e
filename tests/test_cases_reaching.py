"""How a youth may be reached, and that nobody is written to who is missing from care."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import acceptance, recognise, whereabouts
from cases.models import As, CaseEvent, Identity, SafeContact, Youth
from mentors import reaching
from mlmc.core.models import OutboxRow
from outcomes import followups, surveys
from outcomes.models import FollowUp, SurveyLink
from tests.conftest import StrictClient
from tests.factories import (
    AccessFactory,
    CaseFactory,
    FollowUpFactory,
    MentorshipFactory,
    ReferralFactory,
    SafeContactFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentorship():
    return MentorshipFactory()


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


WAY = {"channel": "text", "number": "617-555-0133", "hours": "after 4", "asked": "on"}


def test_a_way_is_safe_only_after_the_youth_was_asked(client, mentorship, supervisor):
    assert client.post(at("contact_confirm", mentorship), WAY | {"asked": ""}).status_code == 200
    assert not SafeContact.objects.filter(confirmed_at__isnull=False).exists()

    client.post(at("contact_confirm", mentorship), WAY)

    contact = SafeContact.objects.get(youth=mentorship.case.youth_id)
    assert (contact.channel, contact.number, contact.confirmed_by) == ("text", "617-555-0133", supervisor)


@pytest.mark.parametrize("channel", ["text", "call", "email"])
def test_a_way_needs_its_number(client, mentorship, supervisor, channel):
    answer = client.post(at("contact_confirm", mentorship), {"channel": channel, "asked": "on"})

    assert "Write the number or the address that is safe." in answer.content.decode()


def test_a_mentor_writes_down_what_her_youth_said_and_may_then_text(mentorship):
    mentor = browser(mentorship.mentor.user)
    text = reverse("mentors:text", args=[mentorship.pk])
    assert "Nobody has confirmed a safe number yet" in mentor.post(text).content.decode()

    mentor.post(reverse("mentors:safe_contact", args=[mentorship.pk]), WAY)

    assert "sms:6175550133" in mentor.post(text).content.decode()
    other = browser(MentorshipFactory().mentor.user)
    assert other.post(reverse("mentors:safe_contact", args=[mentorship.pk]), WAY).status_code == 404


def test_whoever_calls_from_the_new_number_is_recognised(client, mentorship, supervisor):
    client.post(at("contact_confirm", mentorship), WAY)

    found = Youth.objects.get(pk=mentorship.case.youth_id)
    assert "6175550133" in recognise.of_youth(found).phones
    assert found.keys.filter(kind="phone").exists()


TODAY = date(2026, 5, 15)


def missing(client, mentorship, since="2026-05-14"):
    return client.post(at("flag", mentorship), {"name": "missing_since", "since": since})


def test_missing_from_care_is_said_first_on_every_page(client, mentorship, supervisor):
    missing(client, mentorship, since=timezone.localdate().isoformat())

    mentorship.case.refresh_from_db()
    assert mentorship.case.missing_since == timezone.localdate()
    mentor = browser(mentorship.mentor.user)
    for page in (
        client.get(mentorship.case.get_absolute_url()),
        mentor.get(mentorship.get_absolute_url()),
        mentor.get(reverse("mentors:check_in", args=[mentorship.pk])),
    ):
        assert "Missing from care" in page.content.decode()


def test_nobody_is_offered_to_call_or_text_somebody_who_is_missing(mentorship):
    SafeContactFactory(youth=mentorship.case.youth, channel="call", number="617-555-0133", confirmed_at=timezone.now())
    mentorship.case.missing_since = TODAY
    mentorship.case.save()

    with pytest.raises(reaching.NotThisWay, match="missing from care"):
        reaching.reach(mentorship, reaching.How.CALL, at=timezone.now())


def open_link(case):
    now = timezone.now()
    today = timezone.localdate(now)
    follow_up = FollowUpFactory(
        respondent__case=case, status="open", opens_on=today, closes_on=today + timedelta(days=20)
    )
    return follow_up, surveys.make_link(follow_up, by=UserFactory(), at=now)


def test_a_link_rests_while_the_youth_is_missing_and_opens_again_when_they_are_found(client, mentorship, supervisor):
    _, token = open_link(mentorship.case)
    phone = StrictClient()
    assert phone.get(f"/s/{token}/").status_code == 200

    missing(client, mentorship, since=timezone.localdate().isoformat())
    resting, never = phone.get(f"/s/{token}/"), phone.get("/s/no-such-link/")
    assert (resting.status_code, resting.content) == (404, never.content)
    assert phone.post(f"/s/{token}/", {"language": "en"}).status_code == 404
    assert SurveyLink.objects.get().started_at is None

    client.post(at("flag", mentorship), {"name": "missing_since", "over": "on"})
    assert phone.get(f"/s/{token}/").status_code == 200


@pytest.mark.parametrize("started", [False, True])
def test_the_hours_of_a_link_do_not_run_on_while_it_rests(mentorship, started):
    _, token = open_link(mentorship.case)
    day, by = timedelta(days=1), UserFactory(intake=True)
    begins = timezone.now()
    if started:
        surveys.start(token, language="en", at=begins)
    before = SurveyLink.objects.get()

    whereabouts.mark(mentorship.case, "missing_since", begins.date(), by=by, at=begins + day)
    whereabouts.mark(mentorship.case, "missing_since", begins.date() - day, by=by, at=begins + 2 * day)
    whereabouts.mark(mentorship.case, "missing_since", None, by=by, at=begins + 41 * day)

    after = SurveyLink.objects.get()
    assert (after.start_by - before.start_by, after.rests_since) == (40 * day, None)
    assert after.resume_by == (before.resume_by + 40 * day if started else None)
    assert surveys.link_of(token, at=begins + 42 * day) == after


def test_a_link_that_was_over_before_stays_over(mentorship):
    _, token = open_link(mentorship.case)
    begins, by = timezone.now() + timedelta(days=4), UserFactory(intake=True)

    whereabouts.mark(mentorship.case, "missing_since", begins.date(), by=by, at=begins)
    whereabouts.mark(mentorship.case, "missing_since", None, by=by, at=begins + timedelta(days=30))

    with pytest.raises(surveys.LinkEnded):
        surveys.link_of(token, at=begins + timedelta(days=30))


def test_no_link_is_made_for_somebody_who_is_missing(mentorship):
    follow_up, _ = open_link(mentorship.case)
    mentorship.case.missing_since = TODAY
    mentorship.case.save()

    with pytest.raises(surveys.NoLink, match="missing from care"):
        surveys.make_link(follow_up, by=UserFactory(), at=timezone.now())


def test_nobody_is_reminded_to_ask_somebody_who_is_missing_and_once_when_they_are_found(mentorship):
    now = timezone.now()
    UserFactory(evaluation=True)
    follow_up, _ = open_link(mentorship.case)
    FollowUp.objects.filter(pk=follow_up.pk).update(due_on=timezone.localdate(now), reminded_on=None)
    mentorship.case.missing_since = TODAY
    mentorship.case.save()

    followups.remind(at=now)
    assert OutboxRow.objects.filter(kind="follow_up").count() == 0

    mentorship.case.missing_since = None
    mentorship.case.save()
    followups.remind(at=now)
    followups.remind(at=now)
    told = OutboxRow.objects.filter(kind="follow_up")
    assert told.count() == told.values("recipient").distinct().count() > 0


@pytest.mark.parametrize("since", ["", "tomorrow", "2199-01-01"])
def test_a_day_that_is_none_marks_nobody(client, mentorship, supervisor, since):
    assert missing(client, mentorship, since=since).status_code == 200

    mentorship.case.refresh_from_db()
    assert mentorship.case.missing_since is None


def test_marking_twice_is_marking_once(client, mentorship, supervisor):
    missing(client, mentorship)
    missing(client, mentorship)

    assert CaseEvent.objects.filter(what__startswith="Missing from care").count() == 1


def confirmed(youth, *, days_ago=0, **how):
    moment = timezone.now() - timedelta(days=days_ago)
    known = {"channel": "call", "number": "617-555-0133", "confirmed_at": moment, "confirmed_by": UserFactory()}
    return SafeContactFactory(youth=youth, **known | how)


def buttons(mentor, mentorship):
    page = mentor.get(reverse("mentors:my_youth")).content.decode()
    return [how for how in ("call", "text") if reverse(f"mentors:{how}", args=[mentorship.pk]) in page]


@pytest.mark.parametrize(
    ("known", "offered"),
    [
        ({}, ["call"]),
        ({"channel": "text"}, ["text"]),
        ({"channel": "text", "device_watched": True}, []),
        ({"channel": "email"}, []),
        ({"channel": "none"}, []),
        ({"confirmed_at": None, "confirmed_by": None}, []),
        ({"days_ago": 183}, []),
        ({"days_ago": 181}, ["call"]),
    ],
)
def test_a_mentor_is_offered_the_way_that_is_safe_and_no_other(mentorship, known, offered):
    confirmed(mentorship.case.youth, **known)
    mentor = browser(mentorship.mentor.user)

    assert buttons(mentor, mentorship) == offered
    if not offered:
        page = mentor.get(reverse("mentors:my_youth")).content.decode()
        assert reverse("mentors:safe_contact", args=[mentorship.pk]) in page


def test_after_half_a_year_somebody_has_to_ask_again(client, mentorship, supervisor):
    confirmed(mentorship.case.youth, days_ago=183)
    mentor = browser(mentorship.mentor.user)

    said = mentor.post(reverse("mentors:call", args=[mentorship.pk])).content.decode()
    assert "more than half a year" in said and "tel:" not in said
    assert "Ask again" in client.get(at("safety", mentorship)).content.decode()
    assert "Ask the youth again" in client.get(mentorship.case.get_absolute_url()).content.decode()


def test_no_number_is_on_a_page_before_it_is_asked_for(mentorship):
    confirmed(mentorship.case.youth)
    mentor = browser(mentorship.mentor.user)

    for path in (reverse("mentors:safe_contact", args=[mentorship.pk]), mentorship.get_absolute_url()):
        assert "0133" not in mentor.get(path).content.decode()


def test_nobody_asks_how_to_reach_somebody_who_is_missing(mentorship):
    whereabouts.mark(mentorship.case, "missing_since", TODAY, by=mentorship.mentor.user, at=timezone.now())
    mentor, path = browser(mentorship.mentor.user), reverse("mentors:safe_contact", args=[mentorship.pk])

    assert mentor.get(path).status_code == mentor.post(path, WAY).status_code == 302
    assert not SafeContact.objects.filter(confirmed_at__isnull=False).exists()
    assert path not in mentor.get(reverse("mentors:my_youth")).content.decode()
    assert path not in mentor.get(mentorship.get_absolute_url()).content.decode()


def test_a_person_is_missing_not_an_episode(mentorship):
    confirmed(mentorship.case.youth)
    UserFactory(evaluation=True)
    follow_up, token = open_link(mentorship.case)
    later = CaseFactory(youth=mentorship.case.youth, episode=2)

    whereabouts.mark(later, "missing_since", TODAY, by=mentorship.mentor.user, at=timezone.now())

    mentorship.case.refresh_from_db()
    with pytest.raises(reaching.NotThisWay, match="missing from care"):
        reaching.reach(mentorship, reaching.How.CALL, at=timezone.now())
    assert StrictClient().get(f"/s/{token}/").status_code == 404
    followups.remind(at=timezone.now())
    assert OutboxRow.objects.filter(kind="follow_up").count() == 0
    whereabouts.mark(later, "missing_since", None, by=mentorship.mentor.user, at=timezone.now())
    assert StrictClient().get(f"/s/{token}/").status_code == 200


def test_other_marks_belong_to_their_episode(mentorship):
    later = CaseFactory(youth=mentorship.case.youth, episode=2)

    whereabouts.mark(later, "paused_since", TODAY, by=mentorship.mentor.user, at=timezone.now())

    mentorship.case.refresh_from_db()
    assert mentorship.case.paused_since is None


def test_whoever_is_missing_is_missing_when_they_are_referred_again(mentorship):
    by, now = UserFactory(intake=True), timezone.now()
    whereabouts.mark(mentorship.case, "missing_since", TODAY, by=by, at=now)

    case = acceptance.accept(ReferralFactory(), by=by, at=now, youth=mentorship.case.youth)

    assert case.missing_since == TODAY


def test_an_e_mail_is_no_phone(client, mentorship, supervisor):
    client.post(at("contact_confirm", mentorship), WAY | {"channel": "email", "number": "j@example.org"})

    assert SafeContact.objects.get(youth=mentorship.case.youth_id).number == "j@example.org"
    assert not any("example.org" in one.phones for one in Identity.objects.all())
