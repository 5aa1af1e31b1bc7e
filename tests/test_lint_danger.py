"""What may not stand in the code, but where it says why: words that run as a page, a statement or a command (G56)."""

import ast
import re

import pytest

from tests.test_architecture import ROOT

TOPS = ["cases", "mentors", "matching", "outcomes", "mlmc"]
PYTHON = [path for top in TOPS for path in sorted((ROOT / top).rglob("*.py")) if "migrations" not in path.parts]
PAGES = [*sorted((ROOT / "templates").rglob("*.*")), *sorted((ROOT / "static/js").glob("*.js"))]
WORDS = re.compile(
    r"\bmark_safe\(|\.raw\(|\.extra\(|\bRawSQL\(|shell=True|\bos\.system\(|\beval\(|\bexec\(|\bpickle\b|yaml\.load\("
    r"|\bSafeString\(|autoescape off|\|\s*safe\b|\bsafeseq\b|innerHTML|outerHTML|insertAdjacentHTML|document\.write"
    r"|new Function\(|hx-on|hx-vals=.js:"
)
# file: (how often, why it is no hole)
ALLOWED = {
    "outcomes/views/follow_ups.py": (1, "our own address, drawn as a picture by segno"),
    "mlmc/core/management/commands/key_sheet.py": (1, "our own style sheet, in a file that is printed"),
    "templates/core/key_sheet.txt": (1, "plain text for a printer: no browser reads it"),
}
# Statements that are put together: none of what is put in was typed by anybody.
PUT_TOGETHER = {
    "mlmc/core/audit.py": "names and bounds of months, made from the clock",
    "mlmc/core/management/commands/secure_database.py": "names of our roles, and a digest",
    "mlmc/core/roles.py": "names of our roles",
    "mlmc/core/rotation.py": "parts put together by psycopg2.sql, which quotes them",
    "mlmc/launcher/servers.py": "names of our roles",
    "mlmc/queues.py": "statements Django wrote, with their parameters beside them",
}


def found(path):
    lines = (line.split("#")[0] if path.suffix == ".py" else line for line in path.read_text().splitlines())
    return sum(len(WORDS.findall(line)) for line in lines)


def test_nothing_that_runs_what_somebody_wrote_stands_anywhere():
    """G56."""
    counted = {str(path.relative_to(ROOT)): number for path in [*PYTHON, *PAGES] if (number := found(path))}

    assert counted == {path: number for path, (number, _) in ALLOWED.items()}


def is_put_together(node):
    """An f-string, a sum, a format() or a % where a statement should stand whole."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, (ast.Add, ast.Mod))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        asks = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("execute", "executemany")
        if asks and node.args and is_put_together(node.args[0]):
            yield node.lineno


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_statement_stands_whole_and_values_beside_it(path):
    """G56. Where names of roles or months have to be put in, the list above says so."""
    assert str(path.relative_to(ROOT)) in PUT_TOGETHER or list(calls(path)) == []


@pytest.mark.parametrize(
    "words",
    ["mark_safe(x)", "{{ x|safe }}", "{{ x | safe }}", "rows.raw(sql)", "q.extra(where=x)", "run(x, shell=True)"]
    + ["el.innerHTML = x", "{% autoescape off %}", "RawSQL(x)"],
)
def test_the_net_has_no_hole(words):
    assert WORDS.search(words)


def test_a_statement_put_together_would_be_seen(tmp_path):
    for words in ('f"select {x}"', '"select " + x', '"select %s" % x', '"select {}".format(x)'):
        path = tmp_path / "one.py"
        path.write_text(f"cursor.execute({words})")
        assert list(calls(path)) == [1], words
