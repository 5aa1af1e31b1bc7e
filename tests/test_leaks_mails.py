"""What leaves by mail: one sentence and a link to sign in, for every kind there is (G35)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mlmc import program
from mlmc.core import outbox
from mlmc.core.context import Actor, acting_as
from mlmc.core.log_words import MESSAGES
from tests.corpus import CONTROL, DIRECTION, TEMPLATE, XSS
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MARK = "Zyxwvut Qanary"
HEADERS = [
    *CONTROL.values(),
    *DIRECTION.values(),
    "x\nBcc: all@example.org",
    "x\r\n\r\nSubject: hello",
    *TEMPLATE.values(),
]


def sent(kind, *, about, to):
    outbox.enqueue(kind, to=to, about=about[:60].replace("\0", ""), due_at=timezone.now() - timedelta(minutes=1))
    with acting_as(Actor.system("outbox")):
        outbox.deliver_due(at=timezone.now())


@pytest.mark.parametrize("kind", outbox.KINDS)
def test_a_letter_of_every_kind_says_the_same_and_names_nobody(kind, smtp, settings):
    """G35. Whatever the message is about, and whoever gets it."""
    settings.SITE_URL = "https://inside.example.org"
    ours = program.current()

    sent(kind, about=MARK, to=UserFactory(name=MARK, email="ana@example.org"))

    [letter] = smtp
    body = letter.get_payload(decode=True).decode()
    assert len(letter["Subject"] + body) <= 160
    words = letter.as_string().lower()
    for word in (
        "zyxwvut",
        "qanary",
        ours.brand.lower(),
        "mentor",
        "youth",
        "survivor",
        "referral",
        kind.lower() + " ",
    ):
        assert word not in words.replace("x-", ""), word
    assert body.count("://") == 1
    assert "https://inside.example.org" in body


@pytest.mark.parametrize("kind", outbox.KINDS)
def test_a_kind_of_message_is_known_to_the_log(kind):
    assert kind in MESSAGES


@pytest.mark.parametrize("text", HEADERS + list(XSS.values())[:3], ids=ascii)
def test_no_word_reaches_a_header(text, smtp):
    """G35. Nothing somebody typed is in a letter, so nothing can be made of its headers."""
    sent("news", about=text, to=UserFactory(name=text.replace("\0", "")[:80] or "x", email="ana@example.org"))

    [letter] = smtp
    assert set(letter.keys()) <= {
        *("Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID"),
        *("X-Peer", "X-MailFrom", "X-RcptTo"),
    }
    assert letter["X-RcptTo"] == "ana@example.org"


@pytest.mark.parametrize("address", ["a\nbcc: all@example.org@example.org", "a\r\nx: y@example.org"])
def test_an_address_that_would_be_a_header_is_not_written_to(address, smtp):
    """G35. A row the forms would never let in."""
    user = UserFactory()
    type(user).objects.filter(pk=user.pk).update(email=address)
    user.refresh_from_db()

    sent("news", about="x", to=user)

    assert smtp == []
