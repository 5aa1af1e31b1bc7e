"""The front door: who may come in, and how long to wait after too many wrong tries."""

from datetime import timedelta

from django.contrib.auth import authenticate

from mlmc.core import throttle

ACCOUNT, ADDRESS = "sign_in.account", "sign_in.address"
WITHIN = timedelta(minutes=15)
TRIES = {ACCOUNT: 5, ADDRESS: 30}


class TooManyTries(Exception):
    """Wait a while. The message is fit for the user and the same for every account, known or not."""


class Wrong(Exception):
    """The e-mail or the password is not right; which of them is nobody's business."""


def check(request, *, email, password, address, at):
    """The user this e-mail and password belong to."""
    email = email.lower()
    if any(
        throttle.too_often(kind, who, at=at, limit=TRIES[kind], within=WITHIN)
        for kind, who in ((ACCOUNT, email), (ADDRESS, address))
    ):
        raise TooManyTries("Too many tries. Wait 15 minutes, then try again.")
    user = authenticate(request, username=email, password=password)
    if user is None:
        throttle.knock(ACCOUNT, email, at=at)
        throttle.knock(ADDRESS, address, at=at)
        raise Wrong("The e-mail or the password is not right.")
    throttle.forgive(ACCOUNT, email)
    return user
