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
# what a thumb would miss: buttons, lines that open and ways back, lower than 44 pixels
TOO_SMALL = """[...document.querySelectorAll(".btn, summary, .seg a, .crumb a")].filter(one => one.checkVisibility()
    && one.getBoundingClientRect().height < 44).map(one => one.outerHTML.slice(0, 120))"""

# who, where, and the link to follow from there; * marks the ten busiest, looked at on a phone as well
PAGES = [
    ("", "/sign-in/", None),
    ("", "/refer/", None),
    ("", "/nothing-here/", None),
    ("patricia", "/today/", None),
    ("patricia", "/referrals/", None),
    ("patricia", "/today/", "Y-0"),
    ("patricia", "/today/", "^Y-0"),
    ("patricia", "/health/", None),  # not hers: the page that says so
    ("priya", "/today/", "*"),
    ("priya", "/referrals/", "*"),
    ("priya", "/referrals/?view=table", None),
    ("priya", "/referrals/new/", "*"),
    ("priya", "/search/", "*"),
    ("priya", "/referrals/", "Nora|Odette|Anouk|[A-Z][a-z]+ [A-Z][.]$"),
    ("ana", "/match/", "*"),
    ("ana", "/match/", "Propose"),
    ("carmen", "/my-youth/", "*"),
    ("carmen", "/my-youth/", "Check in about"),
    ("carmen", "/my-youth/", "^[A-Z][a-z]+ [A-Z][.]$"),
    ("carmen", "/my-youth/", "See what you may know"),
    ("carmen", "/check-in/", "*"),
    ("carmen", "/search/", None),
    ("dana", "/follow-ups/", "*"),
    ("dana", "/emergency/", "*"),
    ("dana", "/follow-ups/", "Make link"),
    ("dana", "/follow-ups/", "^[A-Z][a-z]+ [A-Z][.]$"),
    ("dana", "/account/", "*"),
    ("gwen", "/paperwork/", "*"),
    ("simone", "/team/", "*"),
    ("simone", "/team/", "the concern about"),
    ("simone", "/team/on-call/", None),
    ("simone", "/emergency/reviews/", None),
    ("eli", "/follow-ups/", "*"),
    ("eli", "/outcomes/", "*"),
    ("robin", "/health/", None),
    ("robin", "/people/", None),
    ("robin", "/people/invite/", None),
    ("priya", "/bring/", "*"),
    ("robin", "/people/", "Carmen Ortega"),
    ("robin", "/people/teams/", None),
    ("robin", "/people/", "Robin"),
    ("robin", "/programs/", "*"),
    ("robin", "/programs/docs/", None),
    ("robin", "/settings/", "*"),
    ("robin", "/first-days/", "*"),
    ("robin", "/exit/", None),
    ("carmen", "/help/", "*"),
    ("carmen", "/help/mentor/", "*"),
    ("dana", "/help/words/", None),
    ("dana", "/help/changes/", None),
    ("carmen", "/help/paper/check-in/", None),
    ("eli", "/help/paper/survey/", None),
    ("carmen", "/help/paper/court/", None),
    ("gwen", "/help/paper/sign-in/", None),
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
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(AXE)

    assert page.evaluate(FIND % RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
    if page.viewport_size == PHONE:
        assert page.evaluate(TOO_SMALL) == []
    names = page.evaluate("[...document.querySelectorAll('main .pii')].map(name => name.textContent)")
    assert [name for name in names if name in page.title()] == []


PLACES = """() => Object.fromEntries([...document.querySelectorAll("main h2")].map(one => [one.id,
    {x: one.getBoundingClientRect().x, y: one.getBoundingClientRect().y + scrollY}]))"""


def test_what_a_caller_has_to_know_of_a_referral_is_read_before_what_was_received(live_program, new_page):
    """Seen in the order in which it stands in the page, also where nobody sees it."""
    page = live_program.sign_in(new_page(PHONE), "priya@demo.example")
    page.goto(live_program("/referrals/"))
    page.get_by_role("link", name=re.compile("[A-Z][a-z]+ [A-Z][.]$")).first.click()
    page.get_by_role("heading", name="As it was received").wait_for()

    phone = page.evaluate(PLACES)
    page.set_viewport_size(DESKTOP)
    desk = page.evaluate(PLACES)

    assert [*phone][-1] == "h-received"
    assert {"h-known", "h-clocks", "h-contact"} < set(phone)
    assert [*phone] == sorted(phone, key=lambda one: phone[one]["y"])
    assert desk["h-clocks"]["x"] > desk["h-known"]["x"] == desk["h-received"]["x"]
    assert desk["h-known"]["y"] < desk["h-received"]["y"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way_through_the_public_form(live_program, new_page, theme):
    page = new_page(PHONE, color_scheme=theme, bypass_csp=True)
    page.goto(live_program("/refer/"))
    page.get_by_role("button", name="Continue").click()  # with nothing filled in
    look_at(page)
    page.fill("[name=referrer]", "Pat Lindqvist")
    page.fill("[name=referrer_phone]", "617-555-0143")
    for fields in ({}, {"first_name": "Marigold"}, {"why": "Wants to meet somebody."}):
        for name, words in fields.items():
            page.fill(f"[name={name}]", words)
        page.get_by_role("button", name="Continue").click()
        look_at(page)
    page.get_by_role("button", name="Send the referral").click()
    look_at(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_between(live_program, new_page, theme):
    """Pages no list links to: an invitation and what is behind it, handing over, a case, moving a referral."""
    page = new_page(color_scheme=theme, bypass_csp=True)
    live_program.sign_in(page, "robin@demo.example")
    page.goto(live_program("/people/invite/"))
    page.fill("[name=name]", "Mika Sol")
    page.fill("[name=email]", f"mika-{theme}@demo.example")
    page.get_by_text("Support staff", exact=True).click()
    page.get_by_role("button", name="Make the link").click()
    look_at(page)
    link = page.locator("#link").input_value()
    page.goto(live_program("/people/"))
    page.get_by_role("link", name=re.compile("Mika Sol")).first.click()
    look_at(page)
    page.get_by_role("link", name="Hand over and switch off").click()
    look_at(page)
    page.context.clear_cookies()
    page.goto(link)
    look_at(page)
    live_program.sign_in(page, "priya@demo.example")
    page.goto(live_program("/practice/"))
    look_at(page)
    page.goto(live_program("/referrals/?view=table"))
    page.locator("a[href*='/referrals/0']").first.click()
    page.goto(page.url + "move/elsewhere/")
    look_at(page)
    live_program.sign_in(page, "patricia@demo.example")
    page.get_by_role("link", name=re.compile("^Y-0")).first.click()
    page.get_by_role("link", name="Who has seen them").click()
    look_at(page)
    page.set_viewport_size(PHONE)
    page.locator("summary", has_text="Keep somebody away").click()
    page.get_by_role("button", name="Keep them away").click()  # nobody chosen
    look_at(page)
    assert page.get_by_role("alert").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_youths_pages(live_program, new_page, theme):
    page = new_page(PHONE, color_scheme=theme, bypass_csp=True)
    page.goto(private_link(live_program, new_page()))
    look_at(page)
    assert page.title() == "Check-in"
    page.get_by_role("button", name=re.compile("Start|Go on")).first.click()
    look_at(page)
    page.get_by_role("button", name="Español").click()
    look_at(page)
    assert page.locator("html").get_attribute("lang") == "es"
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Continue").click()  # with nothing picked
    look_at(page)
    page.get_by_role("link", name=re.compile("^Stop")).click()
    look_at(page)
    page.get_by_role("button", name=re.compile("^Stop")).click()
    look_at(page)
    assert "Hearth" not in page.content()


def private_link(live_program, page):
    live_program.sign_in(page, "dana@demo.example")
    page.goto(live_program("/follow-ups/"))
    page.get_by_role("link", name=re.compile("Make link")).first.click()
    page.get_by_role("button", name="Make link").click()
    return page.locator("a[href*='/s/']").first.get_attribute("href")


def test_quick_exit_leaves_nothing_to_go_back_to(live_program, new_page):
    page = new_page(PHONE)
    page.goto(live_program("/s/no-such-link/"))

    assert page.locator("[data-exit]").count() >= 1
    assert "Hearth" not in page.content()
    assert page.context.cookies() == []


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
def test_somebody_is_found_from_the_top_of_any_page_and_their_name_stands_in_no_address(
    live_program, new_page, java_script_enabled
):
    """G09, G30: by keyboard, with script and without; axe looks at what was found."""
    page = live_program.sign_in(
        new_page(bypass_csp=True, java_script_enabled=java_script_enabled), "priya@demo.example"
    )
    name = page.locator("main .pii").first.inner_text()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    if java_script_enabled:
        page.keyboard.press("/")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    else:
        page.fill("#find", name)
        page.press("#find", "Enter")
    page.wait_for_url("**/search/")

    assert page.locator(".hits .pii").first.inner_text() == name
    assert not [url for url in asked if name.split()[0] in url]
    assert name.split()[0] not in page.title()
    if java_script_enabled:
        look_at(page)
