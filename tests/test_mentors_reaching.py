"""One tap to a mentor's own youth: what is safe, what to do instead, and nobody else's number."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import access
from cases.models import As, SafeContact
from mentors import reaching
from mentors.models import Status
from mlmc.core.models import AuditEntry, Role
from tests.factories import (
    AccessFactory,
    MentorFactory,
    MentorshipFactory,
    SafeContactFactory,
    UserFactory,
    WallFactory,
)

pytestmark = pytest.mark.django_db
NUMBER = "617-555-0155, text after 6"
WAY = SafeContact.Channel


@pytest.fixture
def mentorship():
    return MentorshipFactory(mentor=MentorFactory())


def safe(mentorship, channel=WAY.CALL, **more):
    known = {"number": NUMBER, "confirmed_at": timezone.now()} | more
    return SafeContactFactory(youth=mentorship.case.youth, channel=channel, **known)


def tap(client, mentorship, how="call"):
    return client.post(f"/my-youth/{mentorship.pk}/{how}/")


@pytest.mark.parametrize(("how", "channel", "link"), [("call", WAY.CALL, "tel"), ("text", WAY.TEXT, "sms")])
def test_g39_one_tap_gives_the_number_and_it_was_on_no_page_before(client, mentorship, how, channel, link):
    safe(mentorship, channel)
    client.force_login(mentorship.mentor.user)
    client.session.know(factor_at=timezone.now() - timedelta(hours=5))

    for path in ("/my-youth/", mentorship.get_absolute_url(), f"/check-in/{mentorship.pk}/", "/check-in/"):
        assert "555-0155" not in client.get(path).content.decode()
    answer = tap(client, mentorship, how)

    assert f'href="{link}:6175550155"' in answer.content.decode()
    line = AuditEntry.objects.get(what=f"mentors:{how}")
    assert (line.act, line.why, line.cases) == ("view", "telephone", [mentorship.case_id])
    assert client.get(f"/my-youth/{mentorship.pk}/{how}/").status_code == 405


@pytest.mark.parametrize(
    ("how", "more", "words"),
    [
        ("call", {"channel": WAY.TEXT}, "asked to be texted"),
        ("text", {"channel": WAY.CALL}, "asked to be called"),
        ("call", {"channel": WAY.IN_PERSON}, "in person only"),
        ("text", {"channel": WAY.EMAIL}, "asked for an e-mail"),
        ("call", {"channel": WAY.NONE}, "Nobody has confirmed"),
        ("call", {"confirmed_at": None}, "Nobody has confirmed"),
        ("call", {"number": "ask the worker"}, "Nobody has confirmed"),
        ("text", {"channel": WAY.TEXT, "device_watched": True}, "Somebody else may read this phone"),
    ],
)
def test_what_is_not_safe_is_said_and_no_number_is_given(client, mentorship, how, more, words):
    safe(mentorship, **more)
    client.force_login(mentorship.mentor.user)

    page = tap(client, mentorship, how).content.decode()

    assert words in page
    assert "555" not in page.split("<main")[1]


@pytest.mark.parametrize("how", ["call", "text"])
def test_nobody_who_is_missing_is_called_or_texted(client, mentorship, how):
    safe(mentorship, how)
    mentorship.case.missing_since = timezone.localdate()
    mentorship.case.save(update_fields=["missing_since"])
    client.force_login(mentorship.mentor.user)

    page = tap(client, mentorship, how).content.decode()

    assert "missing from care" in page
    assert "tel:" not in page and "sms:" not in page


def test_without_any_safe_contact_there_is_nothing_to_give(client, mentorship):
    client.force_login(mentorship.mentor.user)

    assert "Nobody has confirmed" in tap(client, mentorship).content.decode()


@pytest.mark.parametrize("who", ["another mentor", "supervisor", "walled", "former", "ended"])
def test_g39_a_number_is_for_the_youths_own_mentor_only(client, mentorship, who):
    safe(mentorship)
    user = mentorship.mentor.user
    if who == "another mentor":
        user = MentorFactory().user
    elif who == "supervisor":
        user = UserFactory(roles=[Role.SUPERVISOR, Role.MENTOR])
        AccessFactory(case=mentorship.case, user=user, as_what=As.SUPERVISOR)
    elif who == "walled":
        WallFactory(user=user, youth=mentorship.case.youth)
    elif who == "former":
        access.end(mentorship.case, at=timezone.now(), as_what=[As.MENTOR], user=user)
    else:
        type(mentorship).objects.filter(pk=mentorship.pk).update(status=Status.ENDED, slot=None)
    client.force_login(user)

    assert tap(client, mentorship).status_code == 404


def test_only_mentors_have_this_page(client, mentorship):
    client.force_login(UserFactory(director=True))

    assert tap(client, mentorship).status_code == 403


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        (NUMBER, "6175550155"),
        ("(617) 555-0142", "6175550142"),
        ("+1 617.555.0142 or her aunt 617-555-0143", "+16175550142"),
        ("after 6", ""),
        ("", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_number_is_read_out_of_what_was_written(written, dialled):
    assert reaching.dialled(written) == dialled
