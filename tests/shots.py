"""The README's pictures, taken from the demo program: `make shots`. Not a test, so not collected by name."""

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
    page.get_by_role("link", name="Check in").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=f"{SHOTS}/check-in.png")
