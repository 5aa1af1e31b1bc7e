"""Safety words first: what came stands until a person confirms it; nobody is written to who is missing from care."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import acceptance, recognise, whereabouts
from cases.models import As, Case, CaseEvent, Identity, SafeContact, SafetyNeed, Youth
from mentors import reaching
from mlmc.core.models import Change, OutboxRow
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


def test_before_the_first_meeting_stands_what_helps_and_afterwards_it_is_gone(mentorship):
    mentor = browser(mentorship.mentor.user)
    guide = "Before you meet for the first time"
    assert guide in mentor.get(mentorship.get_absolute_url()).content.decode()

    mentorship.first_met_on = timezone.localdate()
    mentorship.save()

    assert guide not in mentor.get(mentorship.get_absolute_url()).content.decode()


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
