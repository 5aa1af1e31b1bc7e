"""G64: without Redis and mail work is saved, and no page opens that was shut."""

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from cases.models import Referral
from mentors.models import Meeting
from mlmc.core import outbox
from mlmc.launcher.checkout import free_port
from tests import matrix
from tests.everybody import NAME
from tests.paper import Page

RECEIVED = {"channel": "phone", "received_at": "2026-01-28 12:00", "referrer": "self", "first_name": "Robin"}
RECEIVED |= {"referrer_phone": "617-555-0142", "missing": "unknown"}


@pytest.fixture
def faults(settings):
    """No broker and no mail server, as after a cable was pulled."""
    dead = free_port()
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{dead}/0"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", dead, 2


@pytest.mark.django_db
def test_g64_without_broker_and_mail_a_check_in_and_a_referral_are_saved(everybody, faults):
    made, clients = everybody
    meetings, referrals = Meeting.objects.count(), Referral.objects.count()
    path = f"/check-in/{made.things['mine']['mentorship'].pk}/"
    with transaction.atomic():
        form = next(form for form in Page(clients["mentor"].get(path).content.decode()).forms if "kind" in form.kinds)
        answer = clients["mentor"].post(path, {**form.values, "safety": "on", "safety_words": "Somebody waits."})
        assert answer.status_code == 302
        form = next(
            form for form in Page(clients["intake"].get("/referrals/new/").content.decode()).forms
            if "received_text" in form.kinds
        )  # fmt: skip
        answer = clients["intake"].post("/referrals/new/", RECEIVED | {"client_key": form.values["client_key"]})
        assert answer.status_code == 302
        assert (Meeting.objects.count(), Referral.objects.count()) == (meetings + 1, referrals + 1)
        outbox.deliver_due(at=timezone.now())  # it cannot leave, and stays
        assert outbox.OutboxRow.objects.filter(sent_at=None).exists()
        transaction.set_rollback(True)
    assert mail.outbox == []


@pytest.mark.django_db
def test_g64_without_broker_and_mail_no_page_opens_more_than_before(everybody, faults):
    made, clients = everybody
    takes = dict(matrix.addresses())
    for (name, method, whose), cells in matrix.read().items():
        if method == "GET" and whose in ("-", "mine", "another's"):
            for person in ("nobody", "other_mentor", "former_mentor", "walled_supervisor", "admin"):
                path = matrix.path_of(name, takes[name], whose, made)
                with transaction.atomic():
                    answer = clients[person].get(path)
                    transaction.set_rollback(True)
                assert str(answer.status_code) == cells[person], f"{name} ({whose}) by {person}"
                assert NAME not in answer.content.decode()
