"""Who can sign in to the demo. Everybody in it is made up, and so are the apps that show their codes: `make demo-code`
prints what such an app would show now."""

import base64
import hashlib
import time

import pyotp

PASSWORD = "show-up-and-listen"

# role, e-mail
SIGN_INS = [
    ("program director", "patricia@demo.example"),
    ("intake coordinator", "priya@demo.example"),
    ("assessment team", "ana@demo.example"),
    ("survivor mentor", "carmen@demo.example"),
    ("case manager", "dana@demo.example"),
    ("support staff", "gwen@demo.example"),
    ("clinical supervisor", "simone@demo.example"),
    ("evaluation manager", "eli@demo.example"),
    ("system admin", "robin@demo.example"),
]


def secret_of(email: str) -> str:
    """What this made-up person's authenticator app knows. No secret at all: it stands in this line."""
    return base64.b32encode(hashlib.sha256(f"the demo's {email}".encode()).digest())[:32].decode()


def code_of(email: str, *, at: float | None = None) -> str:
    return pyotp.TOTP(secret_of(email)).at(int(at or time.time()))


def codes():
    left = 30 - int(time.time()) % 30
    width = max(len(email) for _, email in SIGN_INS)
    lines = "\n".join(f"  {email:<{width}}  {code_of(email)}" for _, email in SIGN_INS)
    return f"Good for {left} seconds more, and half a minute after; each opens once.\n{lines}"


if __name__ == "__main__":
    print(codes())
