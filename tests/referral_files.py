"""What tests of files of referrals share: the program's own file, a command, and rows of one's own."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

FILE = Path("tests/data/referrals.csv")


def lines_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def import_file(tmp_path, capsys):
    """Import bytes, text or rows; gives the JSON that was printed last."""

    def import_file(content, *words, dry=False):
        path = tmp_path / "file.csv"
        if isinstance(content, list):
            content = written(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        call_command("import_referrals", path, *(["--dry-run"] if dry else ["--as", "intake@example.org"]), *words)
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return import_file


def written(rows, columns=None, **how):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(rows[0]), extrasaction="ignore", **how)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def row(**more):
    return {
        "row": "A1",
        "received": "2026-03-02 16:52",
        "first": "Sky",
        "last": "Lark",
        "dob_raw": "2012-03-19",
    } | more
