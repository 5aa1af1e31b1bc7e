"""A security key made of Python: it answers as a browser does, also with what a browser would never send."""

import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

UP, UV, AT = 0x01, 0x04, 0x40
SITE = "http://localhost:8000"


class Authenticator:
    """One key for one account. `verified`: whether a finger fitted."""

    def __init__(self, *, site=SITE, verified=True):
        self.site, self.verified, self.counter = site, verified, 0
        self.id, self.key = secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1())
        self.user = b""

    def _data(self, rp_id, credential=None):
        flags = UP | (UV if self.verified else 0) | (AT if credential else 0)
        self.counter += 1
        digest = hashlib.sha256(rp_id.encode()).digest()
        return AuthenticatorData.create(digest, flags, self.counter, credential or b"")

    def _client(self, kind, challenge):
        words = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.site, "crossOrigin": False}
        return json.dumps(words).encode()

    def _said(self, **response):
        packed = {name: websafe_encode(bytes(value)) for name, value in response.items()}
        mine = websafe_encode(self.id)
        return json.dumps({"id": mine, "rawId": mine, "type": "public-key", "response": packed})

    def create(self, options):
        """navigator.credentials.create()"""
        asked = options["publicKey"]
        self.user = websafe_decode(asked["user"]["id"])
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = self._data(asked["rp"]["id"], credential)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        client = self._client("create", asked["challenge"])
        return self._said(clientDataJSON=client, attestationObject=attestation)

    def get(self, options, *, user=None):
        """navigator.credentials.get()"""
        asked = options["publicKey"]
        data, client = self._data(asked["rpId"]), self._client("get", asked["challenge"])
        signature = self.key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = self.user if user is None else user
        return self._said(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=handle)
