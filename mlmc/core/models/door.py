"""What lets somebody in: sessions under the hash of their key, second factors, the devices a person uses."""

from django.db import models
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models.people import Row, User


class Session(models.Model):
    """One browser that is signed in, or on its way to be. The key itself is in that browser's cookie only, and what
    the session holds is sealed with this row: neither reading nor copying a row gives a session away."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    data = EncryptedTextField()
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    factor_at = models.DateTimeField(null=True)  # when a second factor was last proven
    locked_at = models.DateTimeField(null=True)  # locked by hand, or by the page itself when nobody touched it
    device = models.CharField(max_length=40, blank=True)  # "Chrome on Android"
    is_phone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="sessions_by_end")]  # every tick

    def __str__(self):
        return "Session"  # its id comes from a secret


class Passkey(Row):
    """A key that lies in somebody's device or in a thing they carry. With it alone they are in."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    handle = models.BinaryField(max_length=16)  # a blind index of the credential's id
    credential = EncryptedTextField()
    name = EncryptedTextField()
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["handle"], name="passkeys_by_handle")]  # signing in without an e-mail

    def __str__(self):
        return f"Passkey {self.pk}"


class AuthenticatorApp(Row):
    """An app that shows six numbers for half a minute. Each of them opens once."""

    user = models.OneToOneField(User, models.CASCADE, related_name="authenticator_app")
    secret = EncryptedTextField()
    last_step = models.BigIntegerField(default=0)  # the half minute of the last code that was used
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Authenticator app {self.pk}"


class RecoveryCode(Row):
    """One of ten words to write down, for the day the phone is gone. Only its keyed hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.BinaryField(max_length=16)
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"Recovery code {self.pk}"


class KnownDevice(Row):
    """A browser somebody has signed in with before. Only the hash of its cookie is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    token_hash = models.BinaryField(max_length=32)
    words = models.CharField(max_length=40)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token_hash"], name="a_device_is_known_once")]

    def __str__(self):
        return f"Known device {self.pk}"
