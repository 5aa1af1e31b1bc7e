"""What somebody proves beside a password: an authenticator app's six numbers, a recovery code, or a passkey."""

import secrets

import pyotp
from django.db import transaction

from mlmc.core.context import on_duty
from mlmc.core.crypto import blind_index
from mlmc.core.door import sessions
from mlmc.core.models import AuthenticatorApp, Passkey, RecoveryCode, User

STEP = 30  # seconds one code is shown
TEN = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none of them looks like another


class LastFactor(Exception):
    """Without it nobody could sign in as this person. The message is fit for the user."""


@on_duty("accounts")
def has_any(user):
    """Whether a second factor can be asked for at all; recovery codes only stand in for one."""
    return Passkey.objects.filter(user=user).exists() or AuthenticatorApp.objects.filter(user=user).exists()


def step_of(secret, code, *, at):
    """The half minute this code belongs to, one before and one after counted in, or None."""
    now, totp = int(at.timestamp()) // STEP, pyotp.TOTP(secret)
    return next((step for step in (now - 1, now, now + 1) if totp.verify(code, for_time=step * STEP)), None)


@on_duty("accounts")
@transaction.atomic
def check_code(user, words, *, at):
    """Whether these are the six numbers of the app, or a recovery code; either opens once."""
    words = "".join(words.split()).lower()
    if words.isdecimal() and words.isascii():
        return use_number(user, words, at=at)
    return use_recovery_code(user, words, at=at)


def use_number(user, code, *, at):
    app = AuthenticatorApp.objects.filter(user=user).first()
    step = step_of(app.secret, code, at=at) if app else None
    # one statement decides: of two at the same moment one finds the row as it was
    return (
        step is not None and AuthenticatorApp.objects.filter(pk=app.pk, last_step__lt=step).update(last_step=step) == 1
    )


def use_recovery_code(user, words, *, at):
    rows = RecoveryCode.objects.filter(user=user, code_hash=code_hash(user, words), used_at=None)
    return rows.update(used_at=at) == 1


def code_hash(user, words):
    return blind_index(words.replace("-", ""), column=f"core_recoverycode:{user.pk}")


@on_duty("accounts")
@transaction.atomic
def add_app(user, secret, code, *, at):
    """Keep the app that has just shown the right code, in place of an older one. That code is used up."""
    step = step_of(secret, "".join(code.split()), at=at)
    if step is None:
        return None
    AuthenticatorApp.objects.filter(user=user).delete()
    return AuthenticatorApp.objects.create(user=user, secret=secret, last_step=step, made_at=at)


@on_duty("accounts")
@transaction.atomic
def new_recovery_codes(user):
    """Ten, shown once; older ones no longer open anything."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(TEN)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=code_hash(user, code)) for code in codes)
    return codes


def recovery_codes_left(user):
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


@on_duty("accounts")
@transaction.atomic
def remove(factor, *, but):
    """A passkey or an app goes, and with it every other session. One of them stays always."""
    user = User.objects.select_for_update(of=("self",)).get(pk=factor.user_id)  # two at once would leave none
    factor.delete()
    if not has_any(user):
        raise LastFactor("This is the only way you have to prove that it is you. Add another one first.")
    sessions.end_others(user, but=but)


@on_duty("accounts")
@transaction.atomic
def forget_all(user):
    """Somebody lost what they had: nothing of it opens anything any more, and nobody is signed in as them."""
    for model in (Passkey, AuthenticatorApp, RecoveryCode):
        model.objects.filter(user=user).delete()
    sessions.end_others(user)
