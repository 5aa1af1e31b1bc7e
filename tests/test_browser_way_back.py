"""Time away and the ways back in a real browser: axe finds nothing, in both themes and at both widths."""

import os
import re

import pytest

from tests.browser import DESKTOP, PHONE
from tests.test_browser_pages import look_at

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("MLMC_SHOTS")  # a folder, for whoever wants to look


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture
def looks(theme):
    """Looks at a page at both widths, and keeps pictures where they are wanted."""

    def look(page, name):
        for size, width in ((DESKTOP, "desk"), (PHONE, "phone")):
            page.set_viewport_size(size)
            look_at(page)
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
        page.set_viewport_size(DESKTOP)

    return look


def test_a_mentor_asks_for_leave_and_the_supervisor_answers(live_program, new_page, looks, theme):
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "carmen@demo.example")
    page.goto(live_program("/leave/"))
    looks(page, "leave-empty")
    page.get_by_role("link", name="Ask for time away").click()
    looks(page, "leave-plan")
    first, last = {"light": ("2027-03-01", "2027-03-05"), "dark": ("2027-05-03", "2027-05-07")}[theme]
    page.fill("[name=first]", first)
    page.fill("[name=last]", last)
    page.get_by_role("button", name="Ask").click()
    looks(page, "leave-refused")
    choices = page.locator("#id_cover option").all_inner_texts()
    page.select_option("#id_cover", label=next(one for one in choices if "supervisor" in one))
    page.get_by_role("button", name="Ask").click()
    page.get_by_text("Asked. You hear when it is answered.").wait_for()
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "patricia@demo.example")
    page.goto(live_program("/leave/"))
    looks(page, "leave-asked")
    page.get_by_role("button", name=re.compile("^Yes")).first.click()
    page.get_by_text("Change or end it").first.click()
    looks(page, "leave-granted")
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "robin@demo.example")
    page.goto(live_program("/people/"))
    looks(page, "people")
    page.get_by_role("link", name="Who can do what").click()
    page.get_by_text(re.compile("^Opens or changes")).first.click()
    looks(page, "who-can")


def test_a_check_in_about_another_youth(live_program, new_page, looks, theme):
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "carmen@demo.example")
    page.goto(live_program("/my-youth/"))
    page.get_by_role("link", name="Check in about").first.click()
    page.get_by_text("In person", exact=True).click()
    page.get_by_role("button", name="Save").click()
    looks(page, "saved")
    page.get_by_role("link", name="It was another youth").click()
    looks(page, "whose")
    page.locator("label.tap").first.click()
    page.get_by_role("button", name="Move it").click()
    looks(page, "moved")


def test_a_wrong_move_and_a_wrong_match(live_program, new_page, looks, theme):
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "priya@demo.example")
    page.goto(live_program("/referrals/"))
    page.get_by_role("link", name=re.compile("Nora|Odette|Anouk")).first.click()
    page.goto(page.url + "move/withdrawn/")
    page.fill("[name=where]", "By mistake.")
    page.get_by_role("button", name="Save").click()
    looks(page, "referral-moved")
    page.goto(live_program("/referrals/"))
    looks(page, "queue-moved")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text(re.compile("^Taken back")).wait_for()
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "ana@demo.example")
    page.goto(live_program("/match/"))
    page.get_by_role("link", name=re.compile("Propose")).first.click()
    page.fill("[name=rationale]", "They both like music.")
    page.get_by_role("button", name=re.compile("[Aa]sk both")).click()
    looks(page, "match-asked")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("The place is free").wait_for()
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "simone@demo.example")
    page.goto(live_program("/team/"))
    looks(page, "team")
    page.locator("main table a[href*='/my-youth/']").first.click()
    page.get_by_role("link", name="This match was a mistake").click()
    looks(page, "mistaken")


def test_a_survey_somebody_else_answered(live_program, new_page, looks, theme):
    page = live_program.sign_in(new_page(color_scheme=theme, bypass_csp=True), "eli@demo.example")
    page.goto(live_program("/follow-ups/?show=answered"))
    page.locator("a[href*='/follow-ups/0']").first.click()
    page.get_by_text("Somebody else answered").click()
    looks(page, "not-theirs")
