"""`make run`, from the outside: it serves, it says who may sign in, and it ends as a whole."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from mlmc import demo
from mlmc.launcher.checkout import ROOT, free_port
from mlmc.launcher.processes import stop
from mlmc.launcher.setup import collect_static
from tests.waiting import wait_for

PROGRAM = [sys.executable, "-m", "mlmc.launcher.program"]
RUN = [*PROGRAM, "run"]
RESET = [sys.executable, "-m", "mlmc.launcher.program", "demo-reset"]


def bare(own_var, **more):
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "MLMC_VAR": str(own_var)} | more


def said(command, environment):
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Run:
    """One `make run`, or `make start`, its words, and the processes under it."""

    def __init__(self, own_var, command="run"):
        self.command = command
        self.port, self.words = free_port(), own_var / "words"
        self.environment = bare(own_var, MLMC_PORT=str(self.port), PYTHONUNBUFFERED="1")

    def __enter__(self):
        with self.words.open("w") as words:
            self.process = subprocess.Popen(
                [*PROGRAM, self.command], cwd=ROOT, env=self.environment, stdout=words, stderr=words
            )
        wait_for(lambda: "Ctrl-C stops it" in self.said(), within=120, why=self.said, process=self.process)
        return self

    def __exit__(self, *_):
        stop(self.process, within=60)

    def said(self):
        return self.words.read_text()

    def children(self):
        found = {}
        for path in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            words = Path(f"/proc/{path}/cmdline").read_text()
            name = re.search(r"postgres|valkey|gunicorn|celery\0-A\0mlmc\0(worker|beat)", words)
            found[name[1] or name[0]] = int(path)
        return found


def test_run_serves_the_demo_and_keeps_its_data_until_it_is_reset(own_var):
    collect_static(own_var, python=sys.executable)
    with Run(own_var) as first:
        with urllib.request.urlopen(f"http://127.0.0.1:{first.port}/sign-in/", timeout=20) as answer:
            assert answer.status == 200
        assert f"http://localhost:{first.port}\n" in first.said()
        assert all(email in first.said() and role in first.said() for role, email in demo.SIGN_INS)
        assert demo.PASSWORD in first.said()
        children = first.children()
        assert set(children) == {"postgres", "valkey", "gunicorn", "worker", "beat"}
        assert said(RUN, first.environment) == (
            1,
            "\n`make run` is running already in this checkout. Stop it there with Ctrl-C first.\n\n",
        )
        assert said(RESET, first.environment)[0] == 1
        command = [sys.executable, ROOT / "manage.py", "shell", "--verbosity", "0", "--command", SPOKEN]
        assert said(command, bare(own_var)) == (0, "mlmc_app\n")
        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(40) == 0
        assert first.said().endswith("Everything is stopped.\n")
        assert not any(Path(f"/proc/{pid}").exists() for pid in children.values())

    with Run(own_var) as second:
        assert "first start only" not in second.said()
        os.kill(second.children()["beat"], signal.SIGKILL)
        assert second.process.wait(40) == 1
        assert "The beat process ended by itself, so everything was stopped." in second.said()

    assert said(RESET, bare(own_var)) == (0, "The demo is empty. `make run` loads it anew.\n")
    assert not (own_var / "postgres").exists()
    assert not (own_var / "secrets").exists()


SPOKEN = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("select current_user")
    print(cursor.fetchone()[0])
"""


def test_a_taken_port_is_a_sentence_with_the_next_one(own_var):
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        code, words = said(RUN, bare(own_var, MLMC_PORT=str(port)))

    assert code == 1
    assert f"Port {port} is taken by another program. Choose another: `MLMC_PORT={port + 1} make run`." in words
    assert not (own_var / "postgres").exists()


@pytest.mark.parametrize("port", ["", "http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_a_sentence(own_var, port):
    code, words = said(RUN, bare(own_var, MLMC_PORT=port))

    assert code == 1
    assert "a port is a number from 1 to 65535" in words


def test_a_database_of_ones_own_needs_its_three_log_ins(own_var):
    code, words = said(RUN, bare(own_var, MLMC_PORT=str(free_port()), DATABASE_URL="postgresql:///x"))

    assert code == 1
    assert "DATABASE_URL_OWNER and DATABASE_URL_KEEPER must be too" in words
    assert said(RESET, bare(own_var, DATABASE_URL="postgresql:///x"))[0] == 1
