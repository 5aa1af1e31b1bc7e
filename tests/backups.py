"""What tests of backups share: a program with some life in it, its folder, and a database in which nobody is."""

import pytest

from mlmc.backup import places
from mlmc.core.context import Actor, signed
from mlmc.core.postgres.roles import APP, KEEPER
from tests.conftest import raw
from tests.factories import MeetingFactory, UserFactory

RING, OTHER = {1: b"k" * 32}, {1: b"x" * 32}


@pytest.fixture
def backups(settings, tmp_path):
    settings.MLMC_BACKUP_DIR = tmp_path / "backups"
    return places.folder()


@pytest.fixture
def lived(log_in):
    """A committed program with some life in it, seen by the keeper."""
    log_in(KEEPER)
    admin = UserFactory(roles=["admin"])
    with raw(APP) as cursor:
        cursor.execute("select set_config('app.actor', %s, false)", [signed(Actor.of(admin))])
        cursor.execute("insert into core_auditentry (act, what) values ('sign-in', 'a test')")
        cursor.connection.commit()
    return MeetingFactory.create_batch(3, words="we had noodles")
