"""What leaks beside the page: addresses, titles, other origins, a youth's own pages (G30, G31, G37, G58)."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone

from mlmc import program as settings_of
from outcomes import surveys
from tests import matrix
from tests.conftest import READS, TRACES
from tests.everybody import NAME, SIGNED_IN, WORD
from tests.factories import FollowUpFactory, UserFactory
from tests.paper import Page

CODE = re.compile(r"\b[YR]-\d{3,}")


def asked(everybody, person, method, statuses):
    """(address, answer) of everything the matrix opens to this person."""
    made, clients = everybody
    takes = dict(matrix.addresses())
    for (name, how, whose), cells in matrix.read().items():
        if how == method and cells[person] in statuses:
            path = matrix.path_of(name, takes[name], whose, made)
            cookies = dict(clients[person].cookies)
            with transaction.atomic():
                yield path, matrix.ask(clients[person], method, path)
                transaction.set_rollback(True)
            clients[person].cookies.clear()
            clients[person].cookies.update(cookies)


def told_by(address):
    """What an address gives away: a name, a code, a word that was looked for, a secret."""
    plain = unquote(address)
    found = [word for word in (NAME, WORD, "csrf", "token=", "words=", "q=") if word.lower() in plain.lower()]
    return found + CODE.findall(plain)


@pytest.mark.parametrize("person", SIGNED_IN)
@pytest.mark.django_db
def test_g30_no_address_and_no_title_names_anybody(everybody, person):
    """Every page that opens to this person: its links, its forms, what they fetch; and the title of the tab."""
    for path, answer in asked(everybody, person, "GET", ("200",)):
        if answer["Content-Type"].startswith("text/html"):
            page = Page(answer.content.decode())
            for address in page.addresses:
                assert told_by(address) == [], f"{path}: {address}"
                assert urlsplit(address).netloc in ("", "testserver", "www.weather.gov"), f"{path}: {address}"
            assert NAME not in page.title, path
            assert WORD not in page.title, path
            assert [form.action for form in page.forms if form.method == "get" and "words" in form.kinds] == []


@pytest.mark.parametrize("person", SIGNED_IN)
@pytest.mark.django_db
def test_g30_no_redirect_names_anybody(everybody, person):
    for path, answer in asked(everybody, person, "POST", ("302",)):
        for address in (answer.get("Location", ""), answer.get("HX-Redirect", ""), answer.get("HX-Push-Url", "")):
            assert told_by(address) == [], f"{path}: {address}"


@pytest.mark.django_db
def test_g30_what_was_looked_for_stands_in_no_address(everybody):
    """Found, not found, or typed into the address by somebody who remembers other programs."""
    made, clients = everybody
    for words in (NAME, WORD, made.things["mine"]["youth"].code):
        page = Page(clients["mentor"].post("/search/", {"words": words}).content.decode())
        assert [address for address in page.addresses if told_by(address)] == []
        assert words not in page.title
        answer = clients["mentor"].get("/search/", {"words": words, "q": words})
        assert not answer.context["form"].is_bound  # shown the empty form; whatever stood there found nobody
        assert "hits" not in answer.context


@pytest.mark.django_db
def test_g58_reading_changes_nothing(everybody):
    """Each address, each person the matrix lets in or not; GET and HEAD, whatever the address asks for."""
    _, clients = everybody
    takes = dict(matrix.addresses())
    wrote = []

    def watch(execute, sql, params, many, context):
        if not READS.match(sql) and not TRACES.match(sql):
            wrote.append(sql) if not sql.startswith("set role") else None  # the client's own, not the program's
        return execute(sql, params, many, context)

    for name in sorted(takes):
        path = matrix.path_of(name, takes[name], "mine", everybody[0])
        for person in ("nobody", "intake", "mentor", "supervisor", "director", "admin"):
            for method in ("GET", "HEAD"):
                with transaction.atomic(), connection.execute_wrapper(watch):
                    answer = clients[person].generic(method, f"{path}?go=1&delete=1&_method=DELETE")
                    transaction.set_rollback(True)
                assert answer.status_code < 500, f"{method} {name} by {person}"
                assert wrote == [], f"{method} {name} by {person}"


@pytest.fixture
def token():
    return surveys.make_link(FollowUpFactory(), by=UserFactory(evaluation=True), at=timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_g37_a_youths_page_names_nothing_and_is_previewed_by_nothing(client, token, language):
    answers = [client.get(f"/s/{token}/?lang={language}")]
    client.post(f"/s/{token}/", {"language": language})
    answers += [client.get(f"/s/{token}/{number}/") for number in (1, 2)] + [client.get(f"/s/{token}/stop/")]
    answers += [client.get("/s/no-such-link/")]
    assert [answer.status_code for answer in answers] == [200, 200, 302, 200, 404]  # never ahead of an answer
    for answer in answers[:2] + answers[3:]:
        words, page = answer.content.decode(), Page(answer.content.decode())
        for word in (settings_of.current().brand, "Hearth", "survivor", "exploit", "case manage"):
            assert word.lower() not in re.sub(r"<script.*?</script>|<link[^>]*>", "", words).lower(), word
        assert page.title == "Check-in"
        assert [meta for meta in page.metas if {"property"} & set(meta) or "twitter" in str(meta.get("name"))] == []
        assert [meta for meta in page.metas if meta.get("name") in ("description", "application-name")] == []
        assert 'rel="icon" href="/static/img/plain' in words
        assert token not in page.title
        assert answer.cookies == {}


@pytest.mark.browser
@pytest.mark.django_db
def test_g31_no_page_asks_anybody_else(live_program, browser):
    """The pages of nobody, of a desk and of a phone: every request goes where the page came from."""
    context, asked = browser.new_context(), []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    for path in ("/sign-in/", "/refer/", "/s/no-such-link/", "/nothing-here/"):
        page.goto(live_program(path))
    for email, paths in {
        "patricia@demo.example": ["/today/", "/outcomes/", "/referrals/", "/search/"],
        "carmen@demo.example": ["/my-youth/", "/check-in/"],
    }.items():
        live_program.sign_in(page, email)
        for path in paths:
            page.goto(live_program(path))
            page.wait_for_load_state("networkidle")
        context.clear_cookies()
    context.close()
    assert len(asked) > 50
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(live_program.url).netloc}


@pytest.mark.browser
@pytest.mark.django_db
def test_g37_leaving_leaves_no_way_back_and_works_without_a_script(live_program, browser):
    """The page of the link is replaced, not left behind; without a script it is an ordinary link."""
    context = browser.new_context()
    context.route("https://www.weather.gov/**", lambda route: route.fulfill(body="<title>Weather</title>sunny"))
    page = context.new_page()
    page.goto("about:blank")
    page.goto(live_program("/s/no-such-link/"))
    before = page.evaluate("history.length")
    page.locator("[data-exit]").last.click()
    page.wait_for_url("https://www.weather.gov/**")
    assert page.evaluate("history.length") == before
    page.go_back()
    assert "no-such-link" not in page.url
    context.close()

    plain = browser.new_context(java_script_enabled=False)
    plain.route("https://www.weather.gov/**", lambda route: route.fulfill(body="<title>Weather</title>sunny"))
    page = plain.new_page()
    page.goto(live_program("/s/no-such-link/"))
    page.locator("a.exit").click()
    page.wait_for_url("https://www.weather.gov/**")
    plain.close()
