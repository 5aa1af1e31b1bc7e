"""The front door in a real browser: passkeys end to end, the locked screen, one tap to a youth, axe on every page."""

import re

import pytest

from tests.browser import DESKTOP, PHONE
from tests.test_browser_pages import look_at

pytestmark = pytest.mark.browser


@pytest.fixture
def with_passkeys(new_page):
    """A page in a browser that holds passkeys, with a finger that always fits."""

    def make(size=DESKTOP, **how):
        page = new_page(size, **how)
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        page.authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        page.devtools = devtools
        return page

    return make


def no_longer_fresh(program, email):
    program.sql(
        "update core_session set factor_at = factor_at - interval '6 minutes' where user_id ="
        " (select id from core_user where email = %s)",
        email,
    )


def invited(program, page, email):
    """A link for somebody new, as the admin makes it."""
    program.sign_in(page, "robin@demo.example")
    page.goto(program("/people/invite/"))
    page.fill("[name=name]", "Mika Sol")
    page.fill("[name=email]", email)
    page.get_by_text("Support staff", exact=True).click()
    page.get_by_role("button", name="Make the link").click()
    return page.locator("#link").input_value()


def test_g17_a_passkey_is_set_up_signs_in_alone_and_proves_it_is_still_them(live_program, new_page, with_passkeys):
    link = invited(live_program, new_page(), "mika-passkey@example.org")
    page = with_passkeys()
    page.goto(link)
    page.fill("[name=password]", "three words to keep")
    page.fill("[name=again]", "three words to keep")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/account/set-up/")
    page.goto(live_program("/"))  # nothing else opens yet
    assert "/account/set-up/" in page.url
    page.fill("[name=name]", "My laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Ten codes to keep").wait_for()
    assert page.locator(".codes li").count() == 10
    page.get_by_role("link", name="I have them").click()

    page.goto(live_program("/account/"))
    assert page.get_by_text("My laptop", exact=True).count() == 1
    page.locator("summary", has_text="Mika").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(lambda url: "sign-in" not in url)

    no_longer_fresh(live_program, "mika-passkey@example.org")
    page.goto(live_program("/account/"))
    page.get_by_role("button", name="Make ten new codes").click()
    page.get_by_role("heading", name="Is it still you?").wait_for()
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("heading", name="Ten codes to keep").wait_for()


def test_a_finger_that_does_not_fit_opens_nothing(live_program, new_page, with_passkeys):
    page = with_passkeys()
    page.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": page.authenticator, "isUserVerified": False})
    page.goto(live_program("/sign-in/"))

    page.get_by_role("button", name="Use your passkey").click()

    page.get_by_text("That did not work.").wait_for()
    assert "/sign-in/" in page.url


@pytest.mark.parametrize(("size", "away"), [(PHONE, "15:10"), (DESKTOP, "30:10")], ids=["phone", "desk"])
def test_g24_a_page_nobody_touches_locks_itself_and_loses_nothing(live_program, new_page, size, away):
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36" if size is PHONE else None
    page = new_page(size, user_agent=agent)
    page.clock.install()
    live_program.sign_in(page, "priya@demo.example")
    page.goto(live_program("/referrals/new/"))
    page.fill("[name=first_name]", "Wisteria")
    page.wait_for_timeout(600)  # the page scrolls to the field, and that is a hand, too
    page.clock.fast_forward("14:50" if size is PHONE else "29:50")
    assert page.locator("[name=first_name]").count() == 1

    page.clock.fast_forward("00:25")

    page.get_by_role("heading", name="You were away").wait_for()
    assert "Wisteria" not in page.content()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    page.fill("[name=password]", "show-up-and-listen")
    page.get_by_role("button", name="Unlock", exact=True).click()
    page.get_by_role("button", name="Go on with what I typed").click()
    page.get_by_text(re.compile("Wisteria")).first.wait_for()


def test_locking_by_hand_locks_every_tab(live_program, new_page):
    page = new_page()
    live_program.sign_in(page, "dana@demo.example")
    other = page.context.new_page()
    other.goto(live_program("/account/"))
    page.locator("summary", has_text="Dana").click()
    page.get_by_role("button", name="Lock the screen").click()

    page.get_by_role("heading", name="You were away").wait_for()
    other.get_by_role("heading", name="You were away").wait_for()


def test_g30_one_tap_gives_a_mentor_a_number_that_was_on_no_page(live_program, new_page):
    page = new_page(PHONE)
    live_program.sign_in(page, "carmen@demo.example")
    assert not re.search(r"617-555-01|tel:|sms:", page.content())

    for n in range(page.get_by_role("button", name=re.compile("^Text ")).count()):
        page.goto(live_program("/my-youth/"))
        # not waited for, as a page that goes on to a telephone at once never finishes in a browser without one
        page.get_by_role("button", name=re.compile("^Text ")).nth(n).dispatch_event("click")
        page.get_by_role("heading", name=re.compile("^Text")).wait_for()
        if given := page.locator("a[data-go]").all():
            break  # it was followed: a browser without a telephone can do nothing more

    assert re.fullmatch(r"sms:61755501\d\d", given[0].get_attribute("href"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(live_program, new_page, theme):
    email = f"mika-{theme}-door@example.org"
    link = invited(live_program, new_page(), email)
    page = new_page(PHONE, color_scheme=theme, bypass_csp=True)
    page.goto(link)
    page.fill("[name=password]", "three words to keep")
    page.fill("[name=again]", "three words to keep")
    page.get_by_role("button", name="Save and go on").click()
    look_at(page)
    page.get_by_role("link", name="Use an authenticator app").click()
    look_at(page)
    page.get_by_role("button", name="Add the app").click()
    look_at(page)

    page = new_page(color_scheme=theme, bypass_csp=True)
    page.goto(live_program("/sign-in/"))
    page.fill("[name=email]", "eli@demo.example")
    page.fill("[name=password]", "show-up-and-listen")
    page.press("[name=password]", "Enter")
    look_at(page)
    page.fill("[name=code]", live_program.code("eli@demo.example"))
    page.press("[name=code]", "Enter")
    page.goto(live_program("/account/"))
    look_at(page)
    page.set_viewport_size(PHONE)
    look_at(page)
    page.get_by_role("button", name="Make ten new codes").click()
    look_at(page)
    no_longer_fresh(live_program, "eli@demo.example")
    page.goto(live_program("/account/app/"))
    look_at(page)
    page.goto(live_program("/account/"))
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Lock the screen").click()
    look_at(page)
