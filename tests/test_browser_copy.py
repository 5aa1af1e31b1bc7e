"""What is shown once is copied by a button where there is a script, and by hand where there is none."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser import PHONE
from tests.test_browser_pages import look_at

pytestmark = pytest.mark.browser


def key_made(page, live_program):
    live_program.sign_in(page, "robin@demo.example")
    page.goto(live_program("/programs/"))
    page.fill("input[name=name]", "The office system")
    page.check("input[name=roles][value=intake]")
    page.check("input[name=scopes][value='referrals:read']")
    page.fill("input[name=ends_on]", (timezone.localdate() + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="Make its key").click()
    return page.get_by_label(re.compile("^Put it where"))


def test_a_key_is_copied_by_its_button(live_program, new_page):
    page = new_page(PHONE, bypass_csp=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    key = key_made(page, live_program)

    look_at(page)
    page.get_by_role("button", name="Copy").click()

    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == key.input_value()
