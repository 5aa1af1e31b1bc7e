"""What make calls, with any Python: `python -m mlmc.launcher run`, or start, restore, test, set-up, demo-code …"""

import os
import sys

from mlmc.launcher.checkout import PYTHON, ROOT, Stop
from mlmc.launcher.setup import set_up

# Where each command goes on, in the environment that set-up made.
COMMANDS = {
    "run": ["-m", "mlmc.launcher.program", "run"],
    "start": ["-m", "mlmc.launcher.program", "start"],
    "restore": ["-m", "mlmc.launcher.program", "restore"],
    "demo-code": ["-m", "mlmc.demo"],
    "demo-reset": ["-m", "mlmc.launcher.program", "demo-reset"],
    "test": ["-m", "pytest", "-n", "2"],
    "set-up": None,
}


def main(command="", *words):
    if command not in COMMANDS:
        sys.exit(f"{__doc__}")
    try:
        set_up()
    except Stop as problem:
        sys.exit(f"\n{problem}\n")
    except KeyboardInterrupt:
        sys.exit("\nSet-up was interrupted. The next start goes on from here.\n")
    if COMMANDS[command]:
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *COMMANDS[command], *words])  # the same process: Ctrl-C goes where it should


if __name__ == "__main__":
    main(*sys.argv[1:])
