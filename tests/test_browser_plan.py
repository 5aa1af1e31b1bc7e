"""Planning a meeting in a real browser: refused with what could be instead, then saved; axe finds nothing."""

import re

import pytest

from tests.test_browser_way_back import looks, theme  # noqa: F401

pytestmark = pytest.mark.browser
YOUTH = re.compile("^[A-Z][a-z]+ [A-Z][.]$")


def somebody_with_the_need(page, home):
    """The log of a youth of hers whose safety words name a closed room."""
    page.goto(home)
    paths = page.get_by_role("link", name=YOUTH).evaluate_all("links => links.map(link => link.href)")
    for path in paths:
        page.goto(path)
        if page.get_by_text("closed room or car").count():
            return
    raise AssertionError("nobody of hers has this need")


def test_a_plan_is_refused_and_another_saved(live_program, new_page, looks, theme):  # noqa: F811
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "carmen@demo.example")
    page.goto(live_program("/my-youth/"))
    looks(page, "plan-my-youth")
    somebody_with_the_need(page, live_program("/my-youth/"))
    page.get_by_role("link", name="Plan a meeting").click()
    looks(page, "plan-form")
    for words in ("Doctor", "A closed room", "A man"):
        page.locator("label", has_text=re.compile(f"^{words}$")).click()
    page.fill("[name=begins_at]", {"light": "2027-03-01T10:00", "dark": "2027-03-02T10:00"}[theme])
    page.fill("[name=place]", "the clinic on Union Street")
    page.locator("label", has_text=re.compile("^The mentor$")).click()  # she does not stay
    page.get_by_role("button", name="Plan it").click()
    page.get_by_text("alone with a man in a closed room").first.wait_for()
    looks(page, "plan-refused")

    page.locator("label", has_text=re.compile("^Somebody they chose$")).click()
    page.get_by_role("button", name="Plan it").click()
    page.get_by_text("Planned. It stands with the youth").wait_for()
    page.get_by_text("somebody they chose stays").first.wait_for()
    looks(page, "plan-log")
    page.get_by_role("button", name=re.compile("Call it off")).last.click()
    page.get_by_text("Called off. It stays in the record.").wait_for()
