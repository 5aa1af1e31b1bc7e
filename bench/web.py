"""Web servers under test: two gunicorn workers each, on loopback, stopped by their own process ids."""

import contextlib
import json
import subprocess
import sys
import time
import urllib.request

from bench.servers import HOME
from mlmc.launcher.checkout import ROOT, free_port

WORKERS = 2


class Web:
    """One gunicorn. `url` is where it listens."""

    def __init__(self, name, environment, *, application, conf=None):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        words = ["--workers", str(WORKERS), "--bind", f"127.0.0.1:{self.port}", *(["--config", conf] if conf else [])]
        with (HOME / "log" / f"{name}.log").open("w") as log:
            command = [sys.executable, "-m", "gunicorn", *words, application]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def wait(self, path, patience=60):
        end = time.monotonic() + patience
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(self.url + path, timeout=5).close()
                return self
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("A web server did not start; its log is in var/bench/log.")
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def memory(self):
        """Megabytes of each worker: what it holds alone and its part of what is shared."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [round(share(pid) / 1024) for pid in children.stdout.split()]


def share(pid):
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


@contextlib.contextmanager
def product(bed, size):
    """The program as it is served, on the database of this size."""
    environment = bed.environment(size.database)
    web = Web(size.database, environment, application="mlmc.wsgi", conf="gunicorn.conf.py")
    try:
        yield web.wait("/alive/")
    finally:
        web.stop()


@contextlib.contextmanager
def floor(bed):
    web = Web("floor", bed.environment("floor") | FLOOR, application="bench.floor.wsgi")
    try:
        yield web.wait("/hello/")
    finally:
        web.stop()


FLOOR = {"DJANGO_SETTINGS_MODULE": "bench.floor.settings"}


def people(bed, size, role, count):
    return asked("bench.people", role, str(count), environment=bed.environment(size.database))


def floor_people(bed, count):
    return asked("bench.floor.people", str(count), environment=bed.environment("floor") | FLOOR)


def asked(module, *words, environment):
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)
