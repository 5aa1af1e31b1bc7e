"""results.json, RESULTS.md and the growth chart."""

import json
import os
import platform
from pathlib import Path

HERE = Path(__file__).parent
COLOURS = ("#0b6e75", "#b4532a", "#5b4a9c", "#2f7d32", "#9c2f5b", "#8a6d00", "#345a8a", "#6b6b6b")


def machine():
    with open("/proc/meminfo") as lines:
        memory = int(next(lines).split()[1]) / 1024**2
    with open("/proc/cpuinfo") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    processors = f"{os.cpu_count()} processors ({model})"
    return f"{processors}, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def keep(found):
    """Writes what was found. The figures of the run before stay beside it: a goal is missed in two runs."""
    path = HERE / "results.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    found["previous"] = {number: row["figure"] for number, row in before.get("goals", {}).items()}
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    (HERE / "RESULTS.md").write_text(page(found))
    if len(next(iter(found["growth"].values()))) > 1:
        (HERE / "growth.svg").write_text(chart(found["growth"]))


def page(found):
    """Readable, whole."""
    lines = [
        "# How fast, measured",
        "",
        f"{found['at']}, {found['machine']}.",
        "",
        "Made by `make bench`; every figure is a ratio of two things measured in turn in one run, the middle of the",
        "rounds with the lowest and highest behind it. A busy machine changes seconds, and ratios much less.",
        "",
        *(f"- {words}" for words in found["sizes"]),
        "",
        "| # | what | found | range | goal | | moonshot | the run before |",
        "|---|---|---|---|---|---|---|---|",
        *(goal_line(number, row, found["previous"]) for number, row in found["goals"].items()),
        "",
        "## How it grows",
        "",
        "![Milliseconds by the number of youth](growth.svg)",
        "",
        "The middle of 24 readings in milliseconds, by the number of youth, five meetings each; the last column is",
        "the largest against the smallest.",
        "",
        *growth_table(found["growth"]),
        "",
        "## How long one waits",
        "",
        "Milliseconds at the middle, the 95th and the 99th of 100, with the load generator on the same processors.",
        "",
        "| | 50 | 95 | 99 |",
        "|---|---|---|---|",
        *(f"| {name} | " + " | ".join(f"{ms:.0f}" for ms in row) + " |" for name, row in found["waits"].items()),
        "",
        f"Memory of a web worker after the run: {' and '.join(map(str, found['memory']))} MB.",
        "",
    ]
    return "\n".join(lines)


def goal_line(number, row, previous):
    low, high = row["range"]
    before = previous.get(number)
    star = "reached" if row["moonshot_reached"] else ""
    words = f"{row['name']}. {row['note'][0].upper()}{row['note'][1:]}" if row.get("note") else row["name"]
    cells = [number, words, f"**{said(row['figure'])}**", f"{said(low)} – {said(high)}"]
    cells += [f"{row['way']} {said(row['goal'])}", "met" if row["met"] else "missed"]
    cells += [f"{said(row['moonshot'])} {star}", "" if before is None else said(before)]
    return f"| {' | '.join(cells)} |"


def said(value):
    return f"{value:.3f}".rstrip("0").rstrip(".") if not 0 < value < 0.001 else f"{value:.0e}"


def growth_table(growth):
    cases = list(next(iter(growth.values())))
    yield "| page | " + " | ".join(f"{int(one):,}" for one in cases) + " | × |"
    yield "|---|" + "---|" * (len(cases) + 1)
    for name, row in growth.items():
        values = list(row.values())
        yield f"| {name} | " + " | ".join(f"{one:.0f}" for one in values) + f" | {values[-1] / values[0]:.2f} |"


def chart(growth):
    """Each page as a line: how many times as long as in the smallest program. Flat is good."""
    cases = list(next(iter(growth.values())))
    ratios = {name: [one / next(iter(row.values())) for one in row.values()] for name, row in growth.items()}
    top = max(2.0, *(max(row) for row in ratios.values()))
    left, right, height, foot = 50, 560, 320, 360
    across = [left + n * (right - left) / max(1, len(cases) - 1) for n in range(len(cases))]
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 400" font-family="sans-serif" font-size="12">',
        '<rect width="860" height="400" fill="#fff"/>',
        '<text x="50" y="20">How many times as long as in the smallest program</text>',
    ]
    for mark in range(int(top) + 1):
        y = foot - mark / top * height
        lines.append(f'<path d="M{left} {y:.0f}H{right}" stroke="#ddd"/><text x="20" y="{y + 4:.0f}">{mark}</text>')
    for x, one in zip(across, cases, strict=True):
        lines.append(f'<text x="{x:.0f}" y="{foot + 20}" text-anchor="middle">{int(one):,}</text>')
    for n, (name, row) in enumerate(ratios.items()):
        points = " ".join(f"{x:.0f},{foot - one / top * height:.0f}" for x, one in zip(across, row, strict=True))
        colour = COLOURS[n % len(COLOURS)]
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines.append(f'<text x="{right + 20}" y="{40 + n * 19}" fill="{colour}">{name} × {row[-1]:.2f}</text>')
    return "\n".join([*lines, "</svg>", ""])
