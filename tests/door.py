"""The front door, as people use it: a password, then what their app shows."""

import pyotp
from django.utils import timezone

from mlmc.core.models import AuthenticatorApp
from tests.factories.core import PASSWORD


def shown(app, *, at=None, step=0):
    """The six numbers an app shows now, or some half minutes away."""
    return pyotp.TOTP(app.secret).at(at or timezone.now(), counter_offset=step)


def give_password(client, user, *, password=PASSWORD, **more):
    return client.post("/sign-in/", {"email": user.email, "password": password, **more})


def enter(client, user, **more):
    """All the way in, whether the app has shown the same numbers to another test a second ago or not."""
    give_password(client, user, **more)
    AuthenticatorApp.objects.filter(user=user).update(last_step=0)
    return client.post("/sign-in/code/", {"code": shown(user.authenticator_app), **more})
