"""People and what lets them in; messages waiting to be sent; the program's one row of settings; what is throttled."""

from mlmc.core.models.door import AuthenticatorApp, KnownDevice, Passkey, RecoveryCode, Session
from mlmc.core.models.people import (
    Attempt,
    Heartbeat,
    Invitation,
    OutboxRow,
    ProgramRow,
    Role,
    Row,
    Team,
    User,
)

__all__ = [
    "Attempt",
    "AuthenticatorApp",
    "Heartbeat",
    "Invitation",
    "KnownDevice",
    "OutboxRow",
    "Passkey",
    "ProgramRow",
    "RecoveryCode",
    "Role",
    "Row",
    "Session",
    "Team",
    "User",
]
