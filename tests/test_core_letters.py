"""G35: letters say that there is news and where; nothing becomes a header."""

import re
from email import policy
from email.parser import BytesParser

import pytest
from django.utils import timezone

from mlmc import program as settings_of
from mlmc.core import outbox
from tests.corpus import CONTROL
from tests.everybody import NAME, WORD
from tests.factories import OutboxRowFactory, UserFactory


def letters_of(kind, smtp, **recipient):
    row = OutboxRowFactory(kind=kind, recipient=UserFactory(**recipient), about=f"{NAME} {WORD}")
    outbox.deliver_due(at=timezone.now())
    letters = [BytesParser(policy=policy.default).parsebytes(letter.as_bytes()) for letter in smtp]
    return row, [letter for letter in letters if letter["Message-ID"] == f"<{row.pk}@outbox.invalid>"]


def says_nothing(letter, brand):
    words = f"{letter['Subject']}\n{letter.get_content()}"
    assert len(words) - len(settings_url()) <= 160
    for word in (NAME, WORD, brand, "mentor", "youth", "survivor", "case", "exploit", "referral", "concern", "Lynn"):
        assert word.lower() not in (words + str(letter["From"])).lower(), word
    assert re.findall(r"https?://\S+", words) == [settings_url()]
    assert letter.get_content_type() == "text/plain"
    assert letter.is_multipart() is False


def settings_url():
    from django.conf import settings  # noqa: PLC0415 (asked anew: a test may have changed it)

    return settings.SITE_URL


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(outbox.KINDS))
def test_g35_each_kind_of_letter_says_that_there_is_news_and_no_more(kind, smtp):
    """Whoever reads it over a shoulder learns that somebody has an account somewhere."""
    _, letters = letters_of(kind, smtp, email="nia@example.org", name=f"{NAME} {WORD}")

    assert [letter["To"] for letter in letters] == ["nia@example.org"]
    says_nothing(letters[0], settings_of.current().brand)


HEADERS = {**CONTROL, "copy": "nia@example.org\nBcc: all@example.org", "carriage": "nia@example.org\rSubject: x"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(HEADERS) - {"nul"}))  # no database keeps a NUL
def test_g35_nothing_in_a_name_or_an_address_becomes_a_header(name, smtp):
    """As somebody would have to have put it there past every form. It leaves as one letter, or not at all."""
    _, named = letters_of("news", smtp, email="ola@example.org", name=f"{HEADERS[name]}")
    assert len(named) == 1
    assert named[0]["Bcc"] is None
    OutboxRowFactory(recipient=UserFactory(email=HEADERS[name].lower() + "@example.org"))
    outbox.deliver_due(at=timezone.now())

    for letter in smtp:
        assert letter["Bcc"] is None
        assert letter["Subject"] == "There is something new for you"
        assert "all@example.org" not in str(letter["X-RcptTo"])
