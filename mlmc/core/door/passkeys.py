"""Passkeys: asking a browser for one, and checking what it answers. Each asks for a finger, a face or a PIN, so one
of them alone is two factors."""

import json
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from mlmc.core.context import on_duty
from mlmc.core.crypto import blind_index
from mlmc.core.models import Passkey

ASKED = "passkey"  # where a session keeps what a browser was asked; taken out with the first answer
MOST = 10


class NotThisPasskey(Exception):
    """The answer of the browser does not hold. The message is fit for the user."""


WRONG = "That did not work with this passkey. Try again, or use your password."


def server():
    site = urlsplit(settings.SITE_URL)
    ours = PublicKeyCredentialRpEntity(id=site.hostname, name="Sign in")  # shown by the device: says nothing of us
    return Fido2Server(ours, verify_origin=lambda origin: origin == f"{site.scheme}://{site.netloc}")


def ask_for_one(session):
    """What navigator.credentials.get() wants: no e-mail, the device shows whose keys it holds."""
    options, state = server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    session[ASKED] = state
    return dict(options)


def ask_for_new(session, user):
    """What navigator.credentials.create() wants."""
    person = PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.email, display_name=user.name)
    options, state = server().register_begin(
        person,
        [credential_of(passkey) for passkey in user.passkeys.all()],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    session[ASKED] = state
    return dict(options)


def credential_of(passkey):
    return AttestedCredentialData(websafe_decode(passkey.credential))


def handle_of(credential_id):
    return blind_index(credential_id.hex(), column="core_passkey.handle")


def find_anew():
    """After the index key was changed: every passkey is found by its new handle. How many there are."""
    passkeys = list(Passkey.objects.all())
    for passkey in passkeys:
        passkey.handle = handle_of(credential_of(passkey).credential_id)
    return Passkey.objects.bulk_update(passkeys, ["handle"])


@on_duty("accounts")
@transaction.atomic
def add(user, answer, *, asked, name, at):
    """Keep the passkey a browser has just made."""
    try:
        made = server().register_complete(asked, json.loads(answer)).credential_data
    except Exception:  # whatever somebody sends: bytes that are no JSON, no CBOR, no key
        raise NotThisPasskey("That passkey could not be added. Try again.") from None
    handle = handle_of(made.credential_id)
    if user.passkeys.count() >= MOST or Passkey.objects.filter(handle=handle).exists():
        raise NotThisPasskey("That passkey is here already, or there are ten. Remove one first.")
    return Passkey.objects.create(
        user=user, handle=handle, credential=websafe_encode(bytes(made)), name=name, made_at=at
    )


@on_duty("accounts")
@transaction.atomic
def check(answer, *, asked, at):
    """The passkey that gave this answer. A copy of a key betrays itself by counting backwards."""
    try:
        said = AuthenticationResponse.from_dict(json.loads(answer))
        rows = Passkey.objects.filter(handle=handle_of(said.raw_id), user__is_active=True)
        [passkey] = rows.select_for_update(of=("self",)).select_related("user")
        if said.response.user_handle not in (None, b"", passkey.user_id.bytes):
            raise ValueError
        server().authenticate_complete(asked, [credential_of(passkey)], said)
        counter = said.response.authenticator_data.counter
        if (counter or passkey.counter) and counter <= passkey.counter:
            raise ValueError
    except Exception:  # whatever somebody sends, the sentence is the same
        raise NotThisPasskey(WRONG) from None
    passkey.counter, passkey.used_at = counter, at
    passkey.save(update_fields=["counter", "used_at"])
    return passkey
