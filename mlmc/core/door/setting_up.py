"""Setting up an authenticator app: its secret lies nowhere until the app has shown that it knows it."""

import base64
import binascii

import pyotp
import segno
from django.utils.safestring import mark_safe

from mlmc.core.crypto import CannotOpen, open_sealed, seal


def new_secret():
    return pyotp.random_base32()


def bound_to(user):
    return f"an authenticator app to be:{user.pk}"


def sealed_secret(secret, user):
    """For the page to bring back: a GET writes nothing, and nobody else can use it."""
    return base64.urlsafe_b64encode(seal(secret, bound_to=bound_to(user))).decode()


def secret_in(words, user):
    try:
        return open_sealed(base64.urlsafe_b64decode(words.encode()), bound_to=bound_to(user)) if words else None
    except (CannotOpen, ValueError, IndexError, binascii.Error):
        return None


def picture(link):
    """The square, as drawn lines in the page itself: no file, no address, dark on white in every theme."""
    code = segno.make(link, error="m")
    drawn = code.svg_inline(scale=5, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(drawn)  # lines that segno drew; no letter of the link stands in them
