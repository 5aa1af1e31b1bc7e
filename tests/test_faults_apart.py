"""The queue or the mail server is down: the work that matters is saved, and nothing opens that was closed (G64)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Referral
from mentors.models import Concern, Meeting
from mlmc.celery import app
from mlmc.core import outbox
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import OutboxRow
from mlmc.launcher.checkout import free_port
from tests import matrix, world
from tests.conftest import StrictClient
from tests.factories import MentorshipFactory, UserFactory
from tests.test_cases_public import send

pytestmark = pytest.mark.django_db
FAULTS = ["the queue", "the mail server"]


@pytest.fixture(params=FAULTS)
def fault(request, settings):
    port = free_port()
    if request.param == "the queue":
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{port}/0"
        before, app.conf.broker_url = app.conf.broker_url, settings.CELERY_BROKER_URL
        yield request.param
        app.conf.broker_url = before
    else:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield request.param


def test_a_check_in_with_a_worry_is_saved_and_its_message_waits(client, fault):
    """G64. It leaves when the server is back; nothing is lost and nothing pretends."""
    mentorship = MentorshipFactory()
    client.force_login(mentorship.mentor.user)
    said = {"client_key": str(uuid.uuid4()), "kind": "text", "reached": "yes", "words": "x", "safety": "on"}
    said |= {"held_on": timezone.localdate().isoformat(), "safety_words": "She did not come home."}

    answer = client.post(f"/check-in/{mentorship.pk}/", said)
    outbox.enqueue("news", to=UserFactory(), about="1", due_at=timezone.now() - timedelta(minutes=1))
    if fault == "the mail server":
        with acting_as(Actor.system("outbox")):
            outbox.deliver_due(at=timezone.now())

    assert answer.status_code == 302
    assert (Meeting.objects.count(), Concern.objects.count()) == (1, 1)
    assert OutboxRow.objects.filter(sent_at=None).exists()


def test_a_referral_is_taken_and_gets_its_receipt(client, fault):
    """G64."""
    answer = send(client)

    assert answer.status_code == 200
    assert Referral.objects.get().receipt in answer.content.decode()


PAGES = [
    "cases:case",
    "cases:referral",
    "cases:referrals",
    "mentors:meeting_log",
    "mentors:my_youth",
    "health",
    "today",
]
PEOPLE = ["nobody", "mentor", "former_mentor", "walled_supervisor", "admin"]


def test_nobody_sees_more_than_the_matrix_says(fault):
    """G64, G01. A subset of the walk, while it is down."""
    made, expected = world.build(), matrix.read()
    takes = dict(matrix.addresses())

    for person in PEOPLE:
        client = StrictClient(raise_request_exception=False)
        if person != "nobody":
            client.force_login(made.people[person])
        for name in PAGES:
            for key in matrix.rows_of(name):
                if key[1] == "GET":
                    answer = client.get(matrix.path_of(name, takes[name], key[2], made))
                    assert str(answer.status_code) == expected[key][person], (key, person)
