"""People who work here. `UserFactory(intake=True, director=True)` holds two roles; bare holds none."""

from datetime import timedelta

import factory
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from factory.django import DjangoModelFactory
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData

from mlmc.core.api import keys, scopes
from mlmc.core.crypto import blind_index
from mlmc.core.models import (
    Attempt,
    AuthenticatorApp,
    Export,
    FurtherLook,
    Import,
    ImportColumn,
    ImportRow,
    Integration,
    Invitation,
    KeptAnswer,
    KnownDevice,
    OutboxRow,
    Passkey,
    RecoveryCode,
    Role,
    Session,
    Team,
    User,
)

PASSWORD = "a password for the tests"


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class UserFactory(DjangoModelFactory):
    """Roles are traits: `intake=True`, and so on for each of Role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        intake = assessment = mentor = case_manager = support = False
        supervisor = evaluation = director = admin = False

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Robin Person{n}")
    roles = factory.LazyAttribute(lambda it: [role.value for role in Role if getattr(it, role.value)])
    password = factory.django.Password(PASSWORD)


class AuthenticatorAppFactory(DjangoModelFactory):
    class Meta:
        model = AuthenticatorApp

    user = factory.SubFactory(UserFactory)
    secret = factory.LazyFunction(pyotp.random_base32)


def made_up_key(number):
    """The public half of a key nobody holds, as a browser hands it over."""
    public = ES256.from_cryptography_key(ec.derive_private_key(number, ec.SECP256R1()).public_key())
    return websafe_encode(bytes(AttestedCredentialData.create(Aaguid(bytes(16)), number.to_bytes(16, "big"), public)))


class PasskeyFactory(DjangoModelFactory):
    class Meta:
        model = Passkey

    user = factory.SubFactory(UserFactory)
    handle = factory.Sequence(lambda n: n.to_bytes(16, "big"))
    credential = factory.Sequence(lambda n: made_up_key(n + 1))
    name = "my phone"


class RecoveryCodeFactory(DjangoModelFactory):
    class Meta:
        model = RecoveryCode

    user = factory.SubFactory(UserFactory)
    code_hash = factory.Sequence(lambda n: n.to_bytes(16, "big"))


class KnownDeviceFactory(DjangoModelFactory):
    class Meta:
        model = KnownDevice

    user = factory.SubFactory(UserFactory)
    token_hash = factory.Sequence(lambda n: n.to_bytes(32, "big"))
    words = "Firefox on Linux"


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = Session

    key_hash = factory.Sequence(lambda n: f"{n:064x}")
    data = "{}"
    user = factory.SubFactory(UserFactory)
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=12))


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    user = factory.SubFactory(UserFactory)
    by = factory.SubFactory(UserFactory, admin=True)
    token_hash = factory.Sequence(lambda n: n.to_bytes(32, "big"))
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=3))


class OutboxRowFactory(DjangoModelFactory):
    class Meta:
        model = OutboxRow

    kind = "news"
    recipient = factory.SubFactory(UserFactory)
    about = factory.Sequence(str)
    due_at = factory.LazyFunction(timezone.now)
    at_most_once = False


class FurtherLookFactory(DjangoModelFactory):
    class Meta:
        model = FurtherLook

    user = factory.SubFactory(UserFactory)
    words = "I call every family about the new office."


class IntegrationFactory(DjangoModelFactory):
    """A program with one role and every scope; its key is `a key of the tests, number 1`, and so on."""

    class Meta:
        model = Integration

    class Params:
        key = factory.Sequence(lambda n: f"a key of the tests, number {n}")

    user = factory.SubFactory(UserFactory, is_program=True, name="Their own system")
    roles = ["intake"]
    scopes = scopes.ALL
    key_hash = factory.LazyAttribute(lambda it: keys.hashed(it.key))
    made_by = factory.SubFactory(UserFactory, admin=True)
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


class KeptAnswerFactory(DjangoModelFactory):
    class Meta:
        model = KeptAnswer

    user = factory.SubFactory(UserFactory, is_program=True)
    key_hash = factory.Sequence(lambda n: n.to_bytes(32, "big"))
    asked_hash = b"0" * 32
    code = 201
    body = "{}"


class ExportFactory(DjangoModelFactory):
    """Asked for, and not written yet."""

    class Meta:
        model = Export

    kind = "to-mend"
    what = '{"file": "00000000-0000-7000-8000-000000000000", "kind": "mentors"}'
    by = factory.SubFactory(UserFactory, director=True)


class ImportFactory(DjangoModelFactory):
    """A file of mentors with one row, which waits."""

    class Meta:
        model = Import
        skip_postgeneration_save = True

    kind = "mentors"
    by = factory.SubFactory(UserFactory, director=True)
    file_hash = b"0" * 16
    columns = '["Name", "E-mail"]'
    mapping = factory.LazyFunction(lambda: {"name": 0, "email": 1})
    total = 1

    @factory.post_generation
    def row(self, create, wanted, **kwargs):
        ImportRow.objects.create(file=self, number=2, cells='["Ines Calder", "ines@example.org"]')


class ImportColumnFactory(DjangoModelFactory):
    class Meta:
        model = ImportColumn

    kind = "mentors"
    heading = blind_index("mentor", column="import.mentors")
    field = "name"


class AttemptFactory(DjangoModelFactory):
    class Meta:
        model = Attempt

    kind = "sign_in"
    key = factory.Sequence(lambda n: blind_index(str(n), column="attempt.sign_in"))
