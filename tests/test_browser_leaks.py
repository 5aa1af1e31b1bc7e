"""In a real browser: nothing goes to another origin (G31), nothing somebody typed is run (G56), and what a youth's
phone shows and keeps names nothing (G37)."""

import re
import uuid

import pytest

from tests.browser import DESKTOP, PHONE
from tests.corpus import TEMPLATE, XSS

pytestmark = pytest.mark.browser
WALKS = {
    "patricia": ["/today/", "/referrals/", "/outcomes/"],
    "ana": ["/match/", "/referrals/"],
    "carmen": ["/my-youth/", "/check-in/"],
    "eli": ["/follow-ups/", "/outcomes/"],
}
HIT = "() => window.hit === undefined && document.querySelectorAll('[onerror], [onload], iframe').length === 0"


def asked_for(page):
    """Every request this page makes from now on."""
    found = []
    page.on("request", lambda request: found.append(request.url))
    return found


@pytest.mark.parametrize("who", WALKS)
def test_nothing_is_asked_of_another_origin(live_program, new_page, who):
    """G31, G34. Fonts, pictures, scripts, forms: all of it comes from here."""
    page = new_page(DESKTOP)
    urls = asked_for(page)
    live_program.sign_in(page, f"{who}@demo.example")
    for path in WALKS[who]:
        page.goto(live_program(path), wait_until="networkidle")

    assert len(urls) > 10
    assert [url for url in urls if not url.startswith((live_program.url, "data:"))] == []


@pytest.mark.parametrize("path", ["/refer/", "/s/no-such-link/", "/sign-in/", "/no/such/page/"])
def test_pages_for_everybody_ask_nothing_of_another_origin(live_program, new_page, path):
    """G31."""
    page = new_page(PHONE)
    urls = asked_for(page)
    page.goto(live_program(path), wait_until="networkidle")

    assert [url for url in urls if not url.startswith(live_program.url)] == []


def test_nothing_somebody_typed_is_run(live_program, new_page):
    """G56. Every text of the corpus in a referral, and every page that shows it. A page error, a message of the policy
    or a mark on the window fails the test."""
    page = new_page(DESKTOP)
    live_program.sign_in(page, "priya@demo.example")
    said = "\n".join([*XSS.values(), *TEMPLATE.values()])
    page.goto(live_program("/referrals/new/"))
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    form = {"csrfmiddlewaretoken": token, "client_key": str(uuid.uuid4()), "channel": "phone", "missing": "no"}
    form |= {"received_at": "2026-11-24 10:00", "first_name": XSS["image"], "last_name": XSS["svg"], "why": said}
    form |= {"safety_words": said, "received_text": said, "referrer": XSS["attribute"], "strengths": said}
    form |= {"agency_name": XSS["script"], "also_known_as": XSS["end of title"], "town": XSS["details"]}
    headers = {"Referer": live_program("/referrals/new/")}
    answer = page.request.post(live_program("/referrals/new/"), form=form, headers=headers)
    assert "/referrals/" in answer.url and "new" not in answer.url

    for path in (
        answer.url,
        live_program("/referrals/"),
        live_program("/referrals/?view=table"),
        live_program("/today/"),
    ):
        page.goto(path, wait_until="networkidle")
        assert page.evaluate(HIT)
        assert "49" not in page.title()
        assert not re.search(r"<script>window|<svg onload|<img src=x", page.locator("main").inner_html())
    page.goto(answer.url)
    assert "<script>window.hit=1</script>" in page.locator("main").inner_text()
    assert "{{7*7}}" in page.locator("main").inner_text()


def test_the_policy_keeps_out_what_a_hole_would_let_in(live_program, new_page):
    """G57. Were a script in the page after all, it would not run; and the browser tells us of it."""
    context = new_page(DESKTOP).context
    page = context.new_page()
    reports = []
    page.on("request", lambda request: reports.append(request.url) if request.url.endswith("/csp/") else None)
    page.goto(live_program("/sign-in/"))
    page.evaluate(
        """() => { const one = document.createElement("script"); one.textContent = "window.hit = 1";
                   document.body.append(one); const two = document.createElement("img");
                   two.src = "https://evil.example/x.png"; document.body.append(two); }"""
    )
    page.wait_for_timeout(300)

    assert page.evaluate("() => window.hit") is None
    assert context.request.post(live_program("/csp/"), data={}).status == 204


def test_a_youths_pages_name_nothing_and_keep_nothing(live_program, new_page):
    """G37. A title, an icon and words that say nothing; no card for a message; no cookie, no storage."""
    page = new_page(PHONE)
    page.goto(live_program("/s/no-such-link/"))

    text = page.content().lower()
    assert page.title() == "Check-in"
    assert "plain" in page.locator("link[rel=icon]").get_attribute("href")
    assert page.locator("meta[property^='og:'], meta[name^='twitter'], meta[name=description]").count() == 0
    for word in ("hearth", "mentor", "survivor", "exploit", "traffick", "case management"):
        assert word not in text, word
    kept = page.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie.length]")
    assert kept == [0, 0, 0]


def test_a_youths_page_works_and_is_left_without_a_script(live_program, new_page):
    """G37. Leaving is a plain link."""
    page = new_page(PHONE, java_script_enabled=False)
    page.goto(live_program("/s/no-such-link/"))

    leave = page.locator("a[data-exit]").first
    assert leave.is_visible() or leave.count()
    assert leave.get_attribute("href").startswith("https://www.weather.gov")
    assert "noreferrer" in leave.get_attribute("rel")


def test_leaving_replaces_the_page_in_the_history(live_program, new_page):
    """G37. Back does not lead there again."""
    page = new_page(PHONE)
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="<title>Weather</title>"))
    page.goto(live_program("/sign-in/"))
    page.goto(live_program("/s/no-such-link/"))
    page.locator("a.exit[data-exit]").click()
    page.wait_for_url("https://www.weather.gov/**")
    page.go_back()

    assert "/s/" not in page.url
