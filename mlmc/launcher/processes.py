"""Starting and stopping programs so that none is left behind, even when the launcher itself is killed."""

import ctypes
import functools
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_me(number):
    """Linux tells the child when its parent is gone; elsewhere the next start clears up."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, number)


def spawn(command, *, log, farewell=signal.SIGTERM, **how):
    """A child in a session of its own, so that Ctrl-C reaches the launcher alone and the order of stopping is kept."""
    with log.open("ab") as lines:
        return subprocess.Popen(
            [str(word) for word in command],
            stdout=lines,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=functools.partial(die_with_me, farewell),
            **how,
        )


def stop(process, *, politely=signal.SIGTERM, within=20):
    if process.poll() is None:
        process.send_signal(politely)
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(log, size=600):
    """The end of a log, for the sentence that says why a program died."""
    return log.read_bytes()[-size:].decode(errors="replace") if log.exists() else ""
