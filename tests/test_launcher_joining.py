"""What a manage.py command finds: the log-in that fits it, and servers of ours only where none are named."""

import os
import subprocess
import sys

import pytest

from mlmc.launcher.checkout import ROOT
from mlmc.launcher.joining import role_for


@pytest.mark.parametrize(
    ("command", "role"),
    [
        ("migrate", "owner"),
        ("makemigrations", "owner"),
        ("secure_database", "owner"),
        ("showmigrations", "owner"),
        ("sqlmigrate", "owner"),
        ("dbshell", "owner"),
        ("seed_demo", "keeper"),
        ("rotate_keys", "keeper"),
        ("rotate_index_key", "keeper"),
        ("rebuild_lookup_keys", "keeper"),
        ("import_referrals", "app"),
        ("outcomes_report", "app"),
        ("shell", "app"),
        ("", "app"),
    ],
)
def test_a_command_gets_the_log_in_that_fits_it(command, role):
    assert role_for(command) == role


def seen_by(command, var, **environment):
    """What `joined` leaves in the environment of a command, told by a real process."""
    names = "DATABASE_URL", "DATABASE_URL_OWNER", "REDIS_URL", "MLMC_DATABASE_ROLE", "MLMC_SECRET_KEY"
    code = (
        "import os, sys; from mlmc.launcher import joined\n"
        f"with joined(['manage.py', {command!r}]):\n"
        f"    print(*(os.environ.get(name, '-') for name in {names!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "MLMC_VAR": str(var)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return dict(zip(names, done.stdout.split(), strict=True))


def test_named_servers_are_left_alone_and_only_the_log_in_is_chosen(tmp_path):
    named = {"DATABASE_URL": "app-url", "DATABASE_URL_OWNER": "owner-url"}

    found = seen_by("migrate", tmp_path / "var", **named)

    assert found == named | {"REDIS_URL": "-", "MLMC_DATABASE_ROLE": "owner", "MLMC_SECRET_KEY": "-"}
    assert seen_by("seed_demo", tmp_path / "var", **named)["MLMC_DATABASE_ROLE"] == "-"  # no such log-in is named
    assert not (tmp_path / "var").exists()


def test_a_role_that_was_asked_for_stands(tmp_path):
    named = {"DATABASE_URL": "app-url", "DATABASE_URL_OWNER": "owner-url", "MLMC_DATABASE_ROLE": "app"}

    assert seen_by("migrate", tmp_path / "var", **named)["MLMC_DATABASE_ROLE"] == "app"


@pytest.mark.parametrize(
    "command", ["data_map", "collectstatic", "makemessages", "compilemessages", "help", "version"]
)
def test_commands_that_ask_no_server_start_none_and_keep_no_keys(tmp_path, command):
    found = seen_by(command, tmp_path / "var")

    assert found["DATABASE_URL"] == "postgresql:///none"
    assert len(found["MLMC_SECRET_KEY"]) > 50
    assert not (tmp_path / "var").exists()
