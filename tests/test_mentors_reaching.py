"""One tap to a mentor's own youth: on no page before, in the trail after, and never where it would do harm."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, SafeContact
from mlmc.core.models import AuditEntry
from tests.factories import MentorFactory, MentorshipFactory, SafeContactFactory, UserFactory

pytestmark = pytest.mark.django_db
CHANNEL = SafeContact.Channel
NUMBER = "617-555-0155, after six"


@pytest.fixture
def mentorship():
    return MentorshipFactory()


@pytest.fixture
def way(mentorship):
    """How this youth can be reached: a call, confirmed."""
    return SafeContactFactory(
        youth=mentorship.case.youth, channel=CHANNEL.CALL, number=NUMBER, confirmed_at=timezone.now()
    )


def tap(client, mentorship, how="call"):
    return client.post(reverse(f"mentors:{how}", args=[mentorship.pk]))


def test_one_tap_dials_without_a_second_factor_and_stands_in_the_trail(client, mentorship, way):
    client.force_login(mentorship.mentor.user)
    client.session.know(factor_at=timezone.now() - timedelta(hours=3))

    page = tap(client, mentorship).content.decode()

    assert 'href="tel:6175550155" data-go' in page
    line = AuditEntry.objects.get(what="mentors:call")
    assert (line.why, line.cases) == ("telephone", [mentorship.case_id])


def test_the_number_stands_on_no_page_before_the_tap(client, mentorship, way):
    client.force_login(mentorship.mentor.user)

    pages = [reverse("mentors:my_youth"), mentorship.get_absolute_url(), reverse("mentors:check_in_choose")]
    pages.append(reverse("mentors:check_in", args=[mentorship.pk]))
    shown = [client.get(path).content.decode() for path in pages]

    assert all(reverse("mentors:call", args=[mentorship.pk]) in page for page in shown[:1])
    assert not [page for page in shown if "555-0155" in page or "6175550155" in page]
    assert client.get(reverse("mentors:call", args=[mentorship.pk])).status_code == 405


@pytest.mark.parametrize(
    ("how", "what", "words"),
    [
        ("call", {"confirmed_at": None}, "Nobody has confirmed a safe number yet"),
        ("call", {"channel": CHANNEL.NONE}, "Nobody has confirmed a safe number yet"),
        ("call", {"number": "ask me"}, "Nobody has confirmed a safe number yet"),
        ("call", {"channel": CHANNEL.TEXT}, "asked to be texted"),
        ("text", {}, "asked to be called"),
        ("text", {"channel": CHANNEL.TEXT, "device_watched": True}, "Somebody else may read this phone"),
        ("call", {"channel": CHANNEL.IN_PERSON}, "met in person only"),
    ],
)
def test_where_it_is_not_safe_there_is_no_number_but_what_to_do_instead(client, mentorship, way, how, what, words):
    SafeContact.objects.filter(pk=way.pk).update(**{k: v for k, v in what.items() if k != "number"})
    if "number" in what:
        way.number = what["number"]
        way.save()
    client.force_login(mentorship.mentor.user)

    page = tap(client, mentorship, how).content.decode()

    assert words in page
    assert "6175550155" not in page
    assert "555-0155" not in page


def test_while_they_are_missing_there_is_no_call(client, mentorship, way):
    Case.objects.filter(pk=mentorship.case_id).update(missing_since=timezone.localdate())
    client.force_login(mentorship.mentor.user)

    page = tap(client, mentorship).content.decode()

    assert "Talk to your supervisor now" in page
    assert "6175550155" not in page


def test_nobody_elses_mentor_reaches_them_and_no_other_role_does(client, mentorship, way):
    for person, status in ((MentorFactory().user, 404), (UserFactory(supervisor=True, director=True), 403)):
        client.force_login(person)
        assert tap(client, mentorship).status_code == status
