"""Every page in a real browser: axe finds nothing, in both themes; the busiest at both widths; no page scrolls
sideways; no title names anybody."""

import re

import pytest

from mlmc.launcher.checkout import ROOT
from tests.browser import DESKTOP, PHONE

pytestmark = pytest.mark.browser
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIND = """() => axe.run(document, {runOnly: %s}).then(found => found.violations.map(
    one => one.id + ": " + one.nodes.map(node => node.target + " " + node.failureSummary).join(" | ")))"""

# who, where, and the link to follow from there; * marks the ten busiest, looked at on a phone as well
PAGES = [
    ("", "/sign-in/", None),
    ("", "/refer/", None),
    ("", "/nothing-here/", None),
    ("patricia", "/today/", None),
    ("patricia", "/referrals/", None),
    ("patricia", "/today/", "Y-0"),
    ("patricia", "/health/", None),  # not hers: the page that says so
    ("priya", "/today/", "*"),
    ("priya", "/referrals/", "*"),
    ("priya", "/referrals/?view=table", None),
    ("priya", "/referrals/new/", "*"),
    ("priya", "/referrals/", "Nora|Odette|Anouk|[A-Z][a-z]+ [A-Z][.]$"),
    ("ana", "/match/", "*"),
    ("ana", "/match/", "Propose"),
    ("carmen", "/my-youth/", "*"),
    ("carmen", "/my-youth/", "Check in about"),
    ("carmen", "/my-youth/", "Log of"),
    ("carmen", "/my-youth/", "See what you may know"),
    ("carmen", "/check-in/", "*"),
    ("dana", "/follow-ups/", "*"),
    ("dana", "/follow-ups/", "Make link"),
    ("gwen", "/paperwork/", "*"),
    ("simone", "/team/", "*"),
    ("simone", "/team/", "the concern about"),
    ("simone", "/team/on-call/", None),
    ("eli", "/follow-ups/", "*"),
    ("eli", "/outcomes/", "*"),
    ("robin", "/health/", None),
    ("robin", "/people/", None),
    ("robin", "/people/invite/", None),
    ("robin", "/people/", "Carmen Ortega"),
]


@pytest.fixture(scope="module")
def signed_in():
    """Cookies by person, so that everybody signs in once."""
    return {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("who", "path", "follow"), PAGES)
def test_axe_finds_nothing(live_program, new_page, signed_in, who, path, follow, theme):
    for size in (DESKTOP, PHONE) if follow == "*" else (PHONE,) if who == "carmen" else (DESKTOP,):
        page = new_page(size, color_scheme=theme, bypass_csp=True, storage_state=signed_in.get(who))
        if who and who not in signed_in:
            live_program.sign_in(page, f"{who}@demo.example")
            signed_in[who] = page.context.storage_state()
        page.goto(live_program(path))
        if follow and follow != "*":
            page.get_by_role("link", name=re.compile(follow)).first.click()
        look_at(page)


def look_at(page):
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE)

    assert page.evaluate(FIND % RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
    names = page.evaluate("[...document.querySelectorAll('main .pii')].map(name => name.textContent)")
    assert [name for name in names if name in page.title()] == []


def test_the_youths_pages_in_both_languages(live_program, new_page):
    mentor = live_program.sign_in(new_page(PHONE), "dana@demo.example")
    mentor.goto(live_program("/follow-ups/"))
    mentor.get_by_role("link", name=re.compile("Make link")).first.click()
    mentor.get_by_role("button", name="Make link").click()
    link = re.search(r"http://[\d.:]+/s/[\w-]+/", mentor.content())[0]

    for theme in ("light", "dark"):
        page = new_page(PHONE, color_scheme=theme, bypass_csp=True)
        page.goto(link)
        look_at(page)
        assert page.title() == "Check-in"
        page.get_by_role("button", name=re.compile("Start|Go on|Continue")).first.click()
        look_at(page)
        page.get_by_role("button", name="Español").click()
        look_at(page)
        assert page.locator("html").get_attribute("lang") == "es"
        assert "Hearth" not in page.content()
        page.get_by_role("button", name="English").click()


def test_quick_exit_leaves_nothing_to_go_back_to(live_program, new_page):
    page = new_page(PHONE)
    page.goto(live_program("/s/no-such-link/"))

    assert page.locator("[data-exit]").count() >= 1
    assert "Hearth" not in page.content()
    assert page.context.cookies() == []
