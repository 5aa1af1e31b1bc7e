"""G56: words become markup or a statement in named places only, and what is typed runs in no browser."""

import re

import pytest

from mlmc.launcher.checkout import ROOT
from tests.corpus import XSS

# Where words may be taken as markup or as a statement, and why it is safe there: file -> (what, how often, reason)
ALLOWED = {
    "mlmc/core/management/commands/key_sheet.py": ("mark_safe", 2, "our own style file, in a page that is printed"),
    "outcomes/views/follow_ups.py": ("mark_safe", 2, "a square drawn by segno from our own address"),
    "mlmc/core/door/setting_up.py": ("mark_safe", 2, "a square drawn by segno from a secret of our own making"),
    "mlmc/core/postgres/roles.py": ("execute(f", 4, "names of our own log-ins; a log-in cannot be a parameter"),
    "mlmc/core/management/commands/secure_database.py": ("execute(f", 4, "as roles.py, and a digest of our own files"),
    "mlmc/launcher/servers.py": ("execute(f", 1, "as roles.py"),
    "mlmc/launcher/roles.py": ("execute(f", 1, "as roles.py"),
    "mlmc/launcher/server.py": ("execute(f", 1, "as roles.py"),
    "mlmc/launcher/returning.py": ("execute(f", 4, "names of our own databases, which stand above them"),
    "mlmc/backup/purging.py": ("execute(f", 2, "names of our own tables and columns, from the models"),
    "mlmc/backup/restoring.py": ("execute(f", 2, "names of tables, as the catalog of the open database gives them"),
    "mlmc/core/audit.py": ("execute(f", 1, "the name and the days of a month, made beside it"),
    "templates/core/key_sheet.txt": ("|safe", 1, "plain text on a terminal: nothing reads it as markup"),
    "mlmc/core/templatetags/ui.py": ("mark_safe", 2, "our own code tags around words that were escaped before"),
    "cases/models/access.py": ("raw", 3, "fixed texts, whose values travel as parameters"),
    "cases/trail.py": ("raw", 2, "a fixed text, whose values travel as parameters"),
    "matching/suggest.py": ("execute(f", 1, "one of our own querysets in a fixed text; values travel as parameters"),
    "mlmc/core/counting.py": ("execute(f", 1, "counts of our own querysets, whose values travel as parameters"),
}


RISKY = {
    "mark_safe": r"mark_safe|SafeString\b|SafeText\b",
    "|safe": r"\|\s*safe\b|safeseq|autoescape off",
    "raw": r"\.raw\(|\.extra\(|RawSQL",
    "shell": r"shell\s*=\s*True|os\.system|os\.popen|\beval\(|\bexec\(|pickle\.load|yaml\.load\(",
    "script": r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|new Function\(|hx-on|hx-vals=.js:",
    "execute(f": r"execute(?:many)?\(\s*(?:f[\"']|[^)\n]*?[\"']\s*%\s|[^)\n]*\.format\()",
}


def risky():
    for folder in ("mlmc", "cases", "mentors", "matching", "outcomes", "templates", "static/js"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".py", ".html", ".txt", ".js") or "migrations" in path.parts:
                continue
            text = path.read_text()
            for what, pattern in RISKY.items():
                if count := len(re.findall(pattern, text)):
                    yield str(path.relative_to(ROOT)), what, count


def test_g56_words_become_markup_or_statements_only_where_it_is_said_why():
    assert sorted(risky()) == sorted((path, what, count) for path, (what, count, _) in ALLOWED.items())


@pytest.mark.parametrize(
    "line",
    [
        "mark_safe(name)",
        "{{ words|safe }}",
        "{{ words | safe }}",
        "{% autoescape off %}",
        "Youth.objects.raw(words)",
        "box.innerHTML = words",
        "RawSQL(words, [])",
        "subprocess.run(words, shell=True)",
        'cursor.execute(f"select {words}")',
        'cursor.execute("select %s" % words)',
        'cursor.execute("select {}".format(words))',
    ],
)
def test_g56_the_search_finds_what_it_looks_for(line):
    assert any(re.search(pattern, line) for pattern in RISKY.values())


@pytest.mark.browser
@pytest.mark.django_db
def test_g56_nothing_typed_runs_in_a_browser(live_program, browser):
    """The whole list in the open form and then in the queue of whoever reads it: no script, no frame, no report."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page, said = context.new_page(), []
    page.on("console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("dialog", lambda dialog: (said.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda request: said.append(request.url) if "/csp/" in request.url else None)
    texts = "\n".join(XSS.values())
    page.goto(live_program("/refer/"))
    page.fill("[name=referrer]", XSS["image"])
    page.fill("[name=agency_name]", XSS["attribute"])
    page.fill("[name=referrer_email]", "nia@example.org")
    go_on(page)
    page.fill("[name=first_name]", XSS["svg"])
    page.fill("[name=last_name]", XSS["end of title"][:80])
    page.fill("[name=pronouns]", XSS["single quoted attribute"][:40])
    go_on(page)
    page.fill("[name=safety_words]", texts)
    page.fill("[name=why]", texts)
    go_on(page)
    untouched(page)
    go_on(page)
    untouched(page)
    live_program.sign_in(page, "priya@demo.example")
    page.goto(live_program("/referrals/?view=table"))
    untouched(page)
    page.get_by_role("link", name=re.compile("onload=window.hit")).first.click()
    assert "window.hit=1" in page.content()
    untouched(page)
    page.goto(live_program("/search/"))
    page.fill("main [name=words]", XSS["attribute"])
    page.press("main [name=words]", "Enter")
    untouched(page)
    context.close()
    assert said == []


def go_on(page):
    page.locator("main form button[type=submit]:not([name=back])").last.click()


def untouched(page):
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x], iframe, main script, main svg[onload], [onfocus], [onmouseover]").count() == 0
