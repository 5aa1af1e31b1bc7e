"""Where the things of this checkout lie, and how the launcher says what is wrong. Standard library only."""

import hashlib
import os
import socket
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("MLMC_VAR", ROOT / "var")).absolute()
PROGRAM = VAR / "program"  # of `make start`: a program of one's own, beside the demo and never in its place
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class Stop(Exception):
    """What is wrong and what to do about it, in a sentence for the person at the terminal."""


def make_var(var=VAR):
    """The folder a running program writes to. Others may pass through (a server's own user has to), not look."""
    try:
        if not var.exists():
            var.mkdir(parents=True)
            var.chmod(0o711)
        (var / "log").mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise Stop(f"{var} cannot be written ({problem.strerror}). Work in a checkout of your own.") from None
    return var


def name_of(path):
    """A short name for a path, where the path itself is too long or must not be shown."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


def free_port(start=20000, end=32000):
    """A loopback port below the range the system hands out to clients, or it could be gone a moment later."""
    size = end - start
    first = os.getpid() * 7 % size  # two starts at once look in different places
    for step in range(size):
        port = start + (first + step) % size
        if port_is_free(port):
            return port
    raise Stop(f"No port between {start} and {end} is free on this machine.")


def port_is_free(port):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do: TIME_WAIT is no reason
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
