"""Letters leave by the mail server that the program's settings name; until there is one they lie in a folder."""

from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from mlmc import program

PATIENCE = 20  # seconds


def connection(ours, *, password):
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=ours.mail_host,
        port=ours.mail_port,
        username=ours.mail_user,
        password=password,
        use_tls=ours.mail_security == "starttls",
        use_ssl=ours.mail_security == "tls",
        timeout=PATIENCE,
    )


def sender(ours):
    return formataddr((ours.sender, ours.mail_from or settings.DEFAULT_FROM_EMAIL))


class Backend(BaseEmailBackend):
    """Reads the settings for each batch: what somebody saved a moment ago counts."""

    def send_messages(self, letters):
        ours = program.current()
        for letter in letters:
            letter.from_email = sender(ours)
        if ours.mail_host:
            return connection(ours, password=program.mail_password()).send_messages(letters)
        folder = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=settings.EMAIL_FILE_PATH)
        return folder.send_messages(letters)


def send_test(ours, *, to, password):
    """A letter to oneself, by settings that need not be saved yet. Raises OSError or SMTPException."""
    EmailMessage(
        subject="There is something new for you",
        body="This is a test. Letters arrive.\n",
        from_email=sender(ours),
        to=[to],
        connection=connection(ours, password=password),
    ).send()
