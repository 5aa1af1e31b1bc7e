"""The README's pictures, taken from the demo program: `make shots`. Not a test, so not collected by name."""

import re

import pytest

from tests.browser import DESKTOP, PHONE

SHOTS = "docs/shots"
PAGES = [
    ("today", "patricia", DESKTOP, "/today/"),
    ("referrals", "priya", DESKTOP, "/referrals/"),
    ("match", "ana", DESKTOP, "/match/"),
    ("outcomes", "eli", DESKTOP, "/outcomes/"),
    ("my-youth", "carmen", PHONE, "/my-youth/"),
]


@pytest.mark.parametrize(("name", "who", "size", "path"), PAGES)
def test_shot(live_program, new_page, name, who, size, path):
    page = live_program.sign_in(new_page(size), f"{who}@demo.example")
    page.goto(live_program(path))
    page.wait_for_load_state("networkidle")
    page.screenshot(path=f"{SHOTS}/{name}.png")


def test_shot_of_a_check_in(live_program, new_page):
    page = live_program.sign_in(new_page(PHONE), "carmen@demo.example")
    page.goto(live_program("/my-youth/"))
    page.get_by_role("link", name="Check in about").first.click()
    for tap in ("In person", "1 h", "Good", "School", "Fun"):
        page.get_by_text(tap, exact=True).click()
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=f"{SHOTS}/check-in.png")


def test_shot_of_a_question(live_program, new_page):
    page = live_program.sign_in(new_page(), "dana@demo.example")
    page.goto(live_program("/follow-ups/"))
    page.get_by_role("link", name=re.compile("Make link")).first.click()
    page.get_by_role("button", name="Make link").click()
    link = re.search(r"http://localhost:\d+/s/[\w-]+/", page.content())[0]
    page = new_page(PHONE)
    page.goto(link)
    page.get_by_role("button", name="Start").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=f"{SHOTS}/survey.png")
