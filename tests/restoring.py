"""What tests of the page that brings a backup back share: its place, a browser inside, and sealed files."""

import pytest

from mlmc.backup import content
from mlmc.core.keys.sealing import Sealing
from mlmc.core.keys.sheet import sheet
from tests.founding import CODE

FIRST_PAGE, BACKUP, WAIT = "/set-up/restore/", "/set-up/restore/backup/", "/set-up/restore/wait/"
RING, INDEX = {2: b"2" * 32, 1: b"1" * 32}, "an index key of another machine, made up too"
NAME = "20260514T063000Z.sealed"


@pytest.fixture
def place(settings, tmp_path):
    settings.MLMC_SETUP_CODE, settings.MLMC_RESTORE_PAGE = CODE, "offered"
    settings.VAR, settings.MLMC_BACKUP_DIR, settings.MLMC_BACKUP_COPY = tmp_path, tmp_path / "backups", ""
    settings.MLMC_BACKUP_DIR.mkdir()
    return tmp_path


@pytest.fixture
def inside(client, place):
    """A browser in which the code was given."""
    assert client.post(FIRST_PAGE, {"code": CODE}).status_code == 302
    return client


def sealed(path, ring=RING, *, about=None):
    with path.open("wb") as file:
        sealing = Sealing(file, ring)
        sealing.write(content.line(about or {"format": content.FORMAT}))
        sealing.finish()
    return path


def typed(ring=RING, index=INDEX):
    return [str(line) for lines in sheet(ring, index).values() for line in lines]


def said(answer):
    return answer.content.decode().replace("&#x27;", "'")


def chosen(lines, backup=f"here/{NAME}"):
    return {"backup": backup, "lines": "\n".join(lines)}
