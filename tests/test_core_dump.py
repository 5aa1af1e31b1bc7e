"""What a thief of the database, or of a backup, finds of somebody: nothing that can be read. G41."""

import base64
import datetime
import os
import subprocess
from urllib.parse import quote

import pytest
from django.apps import apps

from mlmc.core.crypto import EncryptedDateField, EncryptedTextField
from mlmc.core.models import Change
from mlmc.launcher.binaries import postgres_programs
from tests import cluster, world

WORDS, DAY = "Zyxwvut Qanary, 77 Qanary Way, +1 500 555 0142", datetime.date(1911, 11, 11)
PARTS = [WORDS, "Zyxwvut Qanary", "77 Qanary Way", "500 555 0142", "1911-11-11"]


def in_every_form(text):
    """As it is, in small letters, as PostgreSQL writes bytes, as a URL, and in base64 wherever it may begin."""
    plain = text.encode()
    yield from (plain, plain.lower(), plain.hex().encode(), quote(text).encode(), text.encode("utf-16-le"))
    for before in range(3):
        yield base64.b64encode(b" " * before + plain)[4 if before else 0 : -4]


def mark_everything():
    """Every sealed field of every row says the words, and said them before."""
    count = 0
    for model in apps.get_models():
        sealed = [column for column in model._meta.local_fields if isinstance(column, EncryptedTextField)]
        for row in model.objects.all() if sealed else ():
            for column in sealed:
                setattr(row, column.name, DAY if isinstance(column, EncryptedDateField) else WORDS)
                count += 1
            row.save()
            row.save()  # what it said before is in the history now
    return count


def dump():
    program = postgres_programs(cluster.HOME) / "pg_dump"
    done = subprocess.run(
        [program, "-h", cluster.postgres.socket, "-U", "postgres", cluster.DATABASE],
        env=os.environ | {"PGPASSWORD": cluster.postgres.password},
        capture_output=True,
        check=True,
    )
    return done.stdout


def test_a_raw_dump_holds_no_word_of_anybody(committed):
    """G41: of a program in which every sealed field is a marker, in every form a marker can take."""
    world.build()
    assert mark_everything() > 100

    everything = dump()

    assert b"cases_youth" in everything
    assert Change.objects.filter(table_name="cases_identity").exists()
    assert [form for part in PARTS for form in in_every_form(part) if form in everything] == []


@pytest.mark.parametrize("part", PARTS)
def test_a_marker_would_be_found_in_each_of_its_forms(part):
    """A search that finds nothing anywhere proves nothing."""
    for before in range(3):
        hidden = base64.b64encode(b"a" * before + part.encode() + b"  ")
        assert any(form in hidden for form in in_every_form(part))
    assert any(form in b"\\x" + part.encode().hex().encode() for form in in_every_form(part))
