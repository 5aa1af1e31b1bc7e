"""The front door in Chromium: passkeys of a made-up device, and a screen that locks itself."""

import re

import pytest

from mlmc import demo
from mlmc.core.roles import KEEPER
from tests import cluster
from tests.browser import DESKTOP, PHONE
from tests.test_browser_pages import look_at

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def with_device():
    """Chromium with a finger on the key: `device = with_device(page)`, to ask it what it holds."""

    def plug_in(page, **more):
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | more})
        return lambda what, **words: session.send(f"WebAuthn.{what}", {**made, **words})

    return plug_in


def sign_out(page):
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def age(live_program, email):
    """The last proof of this person's sessions was ten minutes ago."""
    link = cluster.postgres.connect(KEEPER, cluster.PASSWORDS[KEEPER], live_program.database)
    with link, link.cursor() as cursor:
        cursor.execute(
            "update core_session set factor_at = now() - interval '10 minutes' where user_id ="
            " (select id from core_user where email = %s)",
            [email],
        )
    link.close()


def test_g17_a_passkey_is_made_signs_in_alone_unlocks_proves_and_goes(live_program, page, with_device):
    email = "gwen@demo.example"
    device = with_device(page)
    live_program.sign_in(page, email)
    page.goto(live_program("/account/"))
    page.fill("form[data-passkey=create] [name=name]", "my laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("Your passkey is added.").or_(page.get_by_text("Ten codes to keep")).first.wait_for()
    [credential] = device("getCredentials")["credentials"]
    assert credential["isResidentCredential"]

    page.goto(live_program("/account/"))
    sign_out(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)

    page.goto(live_program("/account/"))
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="Lock the screen").click()
    page.get_by_role("button", name="Unlock with your passkey").click()
    page.get_by_role("heading", name="Your account").wait_for()

    age(live_program, email)
    page.get_by_role("button", name="Make ten new codes").click()
    page.get_by_role("heading", name="Is it still you?").wait_for()
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("heading", name="Ten codes to keep").wait_for()

    page.goto(live_program("/account/"))
    page.get_by_role("button", name=re.compile("Remove.*my laptop")).click()
    page.get_by_text("The passkey is removed.").wait_for()
    sign_out(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("That did not work with this passkey.").wait_for()


def test_g17_a_device_that_verifies_nobody_makes_no_passkey(live_program, page, with_device):
    with_device(page, isUserVerified=False)
    live_program.sign_in(page, "ana@demo.example")
    page.goto(live_program("/account/"))
    page.fill("form[data-passkey=create] [name=name]", "my laptop")
    page.get_by_role("button", name="Add a passkey").click()

    page.get_by_text("That did not work. Try again, or take another way.").wait_for()


def test_g24_text_in_an_open_check_in_leaves_the_screen_and_comes_back(live_program, new_page):
    page = live_program.sign_in(new_page(PHONE), "carmen@demo.example")
    page.goto(live_program("/my-youth/"))
    page.get_by_role("link", name="Check in about").first.click()
    words = "We cooked arroz con pollo, and it was good. 🌻"
    if not page.locator("textarea[name=words]").is_visible():
        page.locator("details:has(textarea[name=words]) > summary").click()
    page.fill("textarea[name=words]", words)
    page.evaluate("Date.now = (then => () => then + 16 * 60 * 1000)(Date.now())")  # a quarter of an hour, nobody there
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    page.get_by_role("heading", name="You were away, so we locked the screen").wait_for()
    assert "arroz" not in page.content()
    assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage)).join()").find("arroz") == -1
    page.fill("[name=password]", demo.PASSWORD)
    page.get_by_role("button", name="Unlock", exact=True).click()
    page.get_by_role("button", name="Go on with what I typed").click()

    page.wait_for_load_state()
    assert page.locator("textarea[name=words]").input_value() == words


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(live_program, new_page, theme):
    """Each page of it, on a phone and at a desk; where one stands on them with the keyboard alone."""
    for size in (PHONE, DESKTOP):
        page = new_page(size, color_scheme=theme, bypass_csp=True)
        page.goto(live_program("/sign-in/"))
        page.get_by_role("button", name="Continue").click()  # with nothing filled in
        look_at(page)
        page.fill("input[name=email]", "dana@demo.example")
        page.fill("input[name=password]", demo.PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Enter your code").wait_for()
        look_at(page)
        page.fill("input[name=code]", live_program.code("dana@demo.example"))
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(live_program("/account/"))
        look_at(page)
        page.goto(live_program("/account/app/"))
        look_at(page)
        page.goto(live_program("/account/"))
        page.get_by_role("button", name="Make ten new codes").click()
        look_at(page)
        age(live_program, "dana@demo.example")
        page.goto(live_program("/account/app/"))
        page.get_by_role("heading", name="Is it still you?").wait_for()
        look_at(page)
        page.goto(live_program("/account/"))
        page.locator("details.menu summary").last.click()
        page.get_by_role("button", name=re.compile("Lock")).click()
        page.get_by_role("heading", name=re.compile("locked")).wait_for()
        look_at(page)
