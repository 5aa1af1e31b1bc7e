"""CHANGELOG.md as a page: [(version, what it is about, [change, …]), …], the newest first."""

import re
from functools import cache

from django.conf import settings


@cache
def changes():
    found = []
    for line in (settings.BASE_DIR / "CHANGELOG.md").read_text().splitlines():
        if line.startswith("## "):
            found.append((line[3:], [], []))
        elif found and line.startswith("- "):
            found[-1][2].append(plain(line[2:]))
        elif found and line.strip():
            found[-1][1].append(plain(line))
    return [(version, " ".join(about), items) for version, about, items in found]


def plain(text):
    return re.sub(r"[`*]", "", text).strip()
