"""The pages that bring a backup back, in a real browser: axe finds nothing, by keyboard and without script."""

import pytest

from mlmc.backup.tray import Tray
from tests import cluster
from tests.browser import DESKTOP, PHONE, serving
from tests.founding import CODE
from tests.restoring import NAME, sealed, typed
from tests.test_browser_pages import look_at

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def empty():
    with serving(f"{cluster.DATABASE}_back", empty=True, MLMC_SETUP_CODE=CODE, MLMC_RESTORE_PAGE="offered") as program:
        yield program


@pytest.fixture
def tray(empty):
    """What the launcher would find; it does not watch here."""
    tray = Tray(empty.environment["MLMC_VAR"])
    (tray.folder.parent / "backups").mkdir(exist_ok=True)
    path = sealed(tray.folder.parent / "backups" / NAME)
    yield tray
    tray.clear()
    path.unlink()


def begun(page, program):
    page.goto(program("/set-up/"))
    page.get_by_role("link", name="Bring it back").click()
    page.get_by_label("Code from the terminal").fill(CODE)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Which backup?").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_the_way_back(empty, tray, new_page, theme, width):
    page = new_page(width, color_scheme=theme, bypass_csp=True)
    page.goto(empty("/set-up/"))
    look_at(page)
    page.goto(empty("/set-up/restore/"))
    page.get_by_role("button", name="Go on").click()  # with nothing filled in
    look_at(page)
    begun(page, empty)
    look_at(page)
    page.get_by_label("The lines of the key sheet").fill("noodles")
    page.get_by_role("button", name="Bring it back").click()
    page.wait_for_selector("text=Line 1: This is no line of a key sheet.")
    look_at(page)
    page.get_by_label("May 14, 2026").check()
    page.get_by_label("The lines of the key sheet").fill("\n".join(typed()))
    page.get_by_role("button", name="Bring it back").click()
    page.get_by_role("heading", name="Your program is coming back").wait_for()
    look_at(page)
    tray.take()
    tray.give_up("This backup is cut short.")
    page.get_by_role("heading", name="It did not come back").wait_for()  # by itself
    look_at(page)


def test_by_keyboard_alone_and_without_script(empty, tray, new_page):
    page = new_page(java_script_enabled=False)
    begun(page, empty)
    page.get_by_label("May 14, 2026").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("\n".join(typed()))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your program is coming back").wait_for()
    tray.give_up("This backup is cut short.")
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("heading", name="It did not come back").wait_for()
