"""The demo's passwords and keys: made once, kept in one file that only its owner reads."""

import base64
import json
import os
import secrets
import stat

from mlmc.core.keys.sheet import Line, WrongLine, typed_back
from mlmc.launcher.checkout import Stop

PASSWORDS = ("postgres", "mlmc_owner", "mlmc_app", "mlmc_keeper", "valkey")
KEYS = {
    "MLMC_SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "MLMC_ACTOR_KEY": lambda: secrets.token_urlsafe(64),
    "MLMC_DATA_KEYS": lambda: "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "MLMC_INDEX_KEY": lambda: secrets.token_urlsafe(48),
}


def keep_typed_keys(var):
    """On another machine: the keys come back from paper, and everything else is made anew."""
    print("These keys are not on this machine. Type each line of the key sheet; an empty line ends.")
    lines = []
    while typed := input("> ").strip():
        try:
            lines.append(Line.read(typed))
        except WrongLine as problem:
            print(problem)
    try:
        found = typed_back(lines)
    except WrongLine as problem:
        raise Stop(str(problem)) from None
    if set(found) != {"MLMC_DATA_KEYS", "MLMC_INDEX_KEY"}:
        raise Stop("The sheet has more lines than that: those of each data key (D…) and of the index key (X).")
    KEYS.update({name: (lambda value=value: value) for name, value in found.items()})
    kept_keys(var)


def kept_keys(var):
    """Passwords and keys by name. Two starts at once agree: whoever is first to put the file there made them."""
    path = var / "secrets"
    if not path.exists():
        made = {name: secrets.token_urlsafe(24) for name in PASSWORDS} | {name: make() for name, make in KEYS.items()}
        draft = var / f"secrets.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as lines:
            json.dump(made, lines)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise Stop(f"{path} can be read by others, and it holds the demo's keys. `chmod 600` it.")
        found = json.loads(path.read_text())
        return {name: found[name] for name in (*PASSWORDS, *KEYS)}
    except PermissionError:
        raise Stop(f"{path} belongs to another user. Run as that user, or from a clone of your own.") from None
    except (ValueError, KeyError, TypeError):
        raise Stop(f"{path} is damaged. Put the right file back, or run `make demo-reset` to begin anew.") from None
