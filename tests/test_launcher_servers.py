"""The embedded servers: started once, joined by others, and no committed row lost when they are killed."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psycopg2
import pytest
import redis

from mlmc.core.postgres import server
from mlmc.core.postgres.roles import APP, KEEPER, OWNER
from mlmc.launcher.binaries import reachable, server_home
from mlmc.launcher.checkout import ROOT, Stop
from mlmc.launcher.embedded import LONGEST_SOCKET, SOCKET, Postgres
from mlmc.launcher.servers import Busy, joined_or_running, running
from tests.waiting import wait_for


def ask(servers, role, sql):
    connection = servers.postgres.connect(role, servers.keys[role], "mlmc")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def test_committed_rows_outlive_a_killed_server_and_a_killed_launcher(own_var):
    with running(own_var, by="a test", wait_for_guests=False) as servers:
        ask(servers, OWNER, f"create table meeting (n int); grant insert, select on meeting to {APP}")
        ask(servers, APP, "insert into meeting values (1)")
        os.kill(servers.postgres.process.pid, signal.SIGKILL)
        servers.postgres.process.wait()
        servers.postgres.start()
        assert ask(servers, APP, "select n from meeting") == [(1,)]
        ask(servers, APP, "insert into meeting values (2)")

    launcher = subprocess.Popen(
        [sys.executable, "-c", KEEP_RUNNING, str(own_var)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with launcher:
        assert launcher.stdout.readline() == "running\n"
        left = [int(word) for word in launcher.stdout.readline().split()]
        launcher.kill()
    with running(own_var, by="a test", wait_for_guests=False) as servers:
        assert ask(servers, APP, "select n from meeting order by n") == [(1,), (2,)]
    wait_for(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in left))


KEEP_RUNNING = """
import sys, time
from pathlib import Path
from mlmc.launcher.servers import running
with running(Path(sys.argv[1]), by="a test", wait_for_guests=False) as servers:
    print("running", flush=True)
    print(*(process.pid for process in servers.processes().values()), flush=True)
    time.sleep(60)
"""


def test_the_servers_run_as_the_settings_ask(own_var):
    wanted = server.SILENT | server.DURABLE | server.PRESET | {"listen_addresses": "", "TimeZone": "UTC"}
    app = {
        "idle_in_transaction_session_timeout": "30s",
        "lock_timeout": "3s",
        "statement_timeout": "15s",
        "track_activities": "off",
    }
    with running(own_var, by="a test", wait_for_guests=False) as servers:
        names = ", ".join(f"'{name}', current_setting('{name}')" for name in wanted | app)
        [(found,)] = ask(servers, APP, f"select json_build_object({names})")
        with contextlib.closing(psycopg2.connect(servers.environment()["DATABASE_URL"])) as link:
            assert server.findings(link.cursor()) == []
        roles = ask(servers, APP, f"select rolname from pg_roles where rolname in ('{APP}', '{OWNER}', '{KEEPER}')")
        rights = ask(
            servers, APP, "select rolname from pg_roles where rolname ~ '^mlmc' and (rolsuper or rolbypassrls)"
        )
        with redis.Redis.from_url(servers.valkey.url) as broker:
            broker_settings = broker.config_get("appendonly", "maxmemory-policy", "bind")
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (servers.postgres.socket, servers.postgres.data)}
        with socket.create_connection(("127.0.0.1", servers.valkey.port)) as stranger:
            stranger.sendall(b"KEYS *\r\n")
            assert stranger.recv(100).startswith(b"-NOAUTH")
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            servers.postgres.connect(APP, "a guess", "mlmc")

    assert found == wanted | app
    assert (len(roles), rights, modes) == (3, [], {0o700})
    assert broker_settings == {"appendonly": "yes", "bind": "127.0.0.1", "maxmemory-policy": "noeviction"}
    assert not (own_var / "servers.json").exists()


def test_a_second_command_joins_and_the_first_waits_for_it(own_var):
    inside, leave, seen = threading.Event(), threading.Event(), []

    def guest():
        with joined_or_running(own_var, by="a guest") as joined:
            inside.set()
            leave.wait(30)
            seen.append(ask(joined, APP, "select 1"))

    with joined_or_running(own_var, by="a host") as servers:
        with pytest.raises(Busy), running(own_var, by="another", wait_for_guests=False):
            pass
        thread = threading.Thread(target=guest)
        thread.start()
        assert inside.wait(30)
        pids = [process.pid for process in servers.processes().values()]
        threading.Timer(0.3, leave.set).start()
    thread.join()

    assert seen == [[(1,)]]
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_other_keys_than_the_databases_are_a_sentence(own_var):
    with running(own_var, by="a test", wait_for_guests=False):
        pass
    (own_var / "secrets").unlink()

    with pytest.raises(Stop, match="Put the right file back"), running(own_var, by="a test", wait_for_guests=False):
        pass


def test_a_long_path_gets_a_short_socket():
    home = Path("/home/somebody") / ("a-rather-long-name/" * 8)

    folder = Postgres(home, log=home, password="x").socket

    assert len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_a_checkout_the_servers_user_cannot_reach_is_left_as_closed_as_it_was(tmp_path):
    closed = tmp_path / "closed"
    (closed / "var").mkdir(parents=True)
    closed.chmod(0o700)

    before = os.umask(0o077)  # as strict as `make run` is about its own files
    home = server_home(closed / "var")
    os.umask(before)
    reached = reachable(home)
    home.rmdir()

    assert reached
    assert closed not in home.parents
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
