"""People and what lets them in; messages waiting to be sent; the program's one row of settings; what is throttled."""

from mlmc.core.models.backup import Backup
from mlmc.core.models.door import AuthenticatorApp, KnownDevice, Passkey, RecoveryCode, Session
from mlmc.core.models.exports import Export
from mlmc.core.models.exports import Status as ExportStatus
from mlmc.core.models.imports import Import, ImportColumn, ImportRow, RowStatus
from mlmc.core.models.imports import Status as ImportStatus
from mlmc.core.models.integrations import Integration, KeptAnswer
from mlmc.core.models.people import (
    Attempt,
    AuditEntry,
    Change,
    FurtherLook,
    Heartbeat,
    Invitation,
    KeyCheck,
    OutboxRow,
    Role,
    RoleRequest,
    Row,
    Team,
    User,
)
from mlmc.core.models.plain_exit import ExitRequest
from mlmc.core.models.program import ProgramRow, SettingChange

__all__ = [
    "Attempt",
    "AuditEntry",
    "AuthenticatorApp",
    "Backup",
    "Change",
    "ExitRequest",
    "Export",
    "ExportStatus",
    "FurtherLook",
    "Heartbeat",
    "Import",
    "ImportColumn",
    "ImportRow",
    "ImportStatus",
    "Integration",
    "Invitation",
    "KeptAnswer",
    "KeyCheck",
    "KnownDevice",
    "OutboxRow",
    "Passkey",
    "ProgramRow",
    "RecoveryCode",
    "Role",
    "RoleRequest",
    "Row",
    "RowStatus",
    "Session",
    "SettingChange",
    "Team",
    "User",
]
