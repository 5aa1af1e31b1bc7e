"""Which device somebody uses, in words they know it by; and whether they have used it before."""

import hashlib
import secrets

from django.conf import settings

from mlmc.core.context import on_duty
from mlmc.core.models import KnownDevice

COOKIE, LASTS = f"{settings.COOKIE_PREFIX}device", 400 * 24 * 60 * 60  # the longest a browser keeps one
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "FxiOS": "Firefox", "CriOS": "Chrome"}
BROWSERS |= {"Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "CrOS": "ChromeOS"}
SYSTEMS |= {"Mac OS X": "Mac", "Macintosh": "Mac", "Linux": "Linux"}
PHONES = ("Mobi", "Android", "iPhone", "iPad")


def in_words(agent: str) -> str:
    """*Chrome on Android*; what names itself otherwise is *a browser*."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def is_phone(agent: str) -> bool:
    return any(mark in agent for mark in PHONES)


def token_of(request):
    """What this browser was given when somebody first signed in with it, or an empty text."""
    return request.get_signed_cookie(COOKIE, default="", salt=COOKIE)


def hashed(token):
    return hashlib.sha256(token.encode()).digest()


@on_duty("accounts")
def is_known(token, email):
    """Whether whoever this e-mail belongs to has signed in before with the browser that holds this token."""
    return bool(token) and KnownDevice.objects.filter(user__email=email, token_hash=hashed(token)).exists()


@on_duty("accounts")
def remember(user, *, token, words, at):
    """(the token this browser keeps from now on, its row, whether it is new to this person)."""
    device = KnownDevice.objects.filter(user=user, token_hash=hashed(token)).first() if token else None
    if device:
        device.last_seen_at = at
        device.save(update_fields=["last_seen_at"])
        return token, device, False
    token = token or secrets.token_urlsafe(32)
    device = KnownDevice.objects.create(
        user=user, token_hash=hashed(token), words=words, first_seen_at=at, last_seen_at=at
    )
    return token, device, True


def give(response, token):
    """The cookie: nobody's name in it, no script reads it, no other site sends it."""
    response.set_signed_cookie(
        COOKIE,
        token,
        salt=COOKIE,
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
