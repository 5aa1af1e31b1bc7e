"""What leaks beside the page: addresses, titles, letters, other origins, scripts, and what stays open when a part of
the program is down (G30, G31, G35, G37, G56, G58, G64)."""

import re
from email import policy
from email.parser import BytesParser
from urllib.parse import unquote, urlsplit

import pytest
from django.core import mail
from django.db import connection, connections, transaction
from django.utils import timezone

from cases.models import Referral
from mentors.models import Meeting
from mlmc import program as settings_of
from mlmc.core import outbox
from mlmc.launcher.checkout import ROOT, free_port
from outcomes import surveys
from tests import cluster, matrix, world
from tests.conftest import READS, TRACES, StrictClient
from tests.corpus import CONTROL, XSS
from tests.factories import FollowUpFactory, OutboxRowFactory, UserFactory
from tests.paper import Page

NAME, WORD = "Zanzibelle", "Quimbleford"
CODE = re.compile(r"\b[YR]-\d{3,}")
SIGNED_IN = [person for person in matrix.PEOPLE if person != "nobody"]


@pytest.fixture(scope="module")
def program(django_db_setup, django_db_blocker):
    """The world with a youth whose name stands nowhere else, committed; and everybody signed in."""
    with django_db_blocker.unblock():
        made = world.build(chosen_name=f"{NAME} Q.", identity__legal_name=f"{NAME} {WORD}")
        clients = {"nobody": StrictClient(raise_request_exception=False)}
        for name in SIGNED_IN:
            clients[name] = StrictClient(raise_request_exception=False)
            clients[name].force_login(made.people[name])
        yield made, clients
        connections.close_all()
        cluster.clone(cluster.DATABASE)


def asked(program, person, method, statuses):
    """(address, answer) of everything the matrix opens to this person."""
    made, clients = program
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
def test_g30_no_address_and_no_title_names_anybody(program, person):
    """Every page that opens to this person: its links, its forms, what they fetch; and the title of the tab."""
    for path, answer in asked(program, person, "GET", ("200",)):
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
def test_g30_no_redirect_names_anybody(program, person):
    for path, answer in asked(program, person, "POST", ("302",)):
        for address in (answer.get("Location", ""), answer.get("HX-Redirect", ""), answer.get("HX-Push-Url", "")):
            assert told_by(address) == [], f"{path}: {address}"


@pytest.mark.django_db
def test_g30_what_was_looked_for_stands_in_no_address(program):
    """Found, not found, or typed into the address by somebody who remembers other programs."""
    made, clients = program
    for words in (NAME, WORD, made.things["mine"]["youth"].code):
        page = Page(clients["mentor"].post("/search/", {"words": words}).content.decode())
        assert [address for address in page.addresses if told_by(address)] == []
        assert words not in page.title
        answer = clients["mentor"].get("/search/", {"words": words, "q": words})
        assert not answer.context["form"].is_bound  # shown the empty form; whatever stood there found nobody
        assert "hits" not in answer.context


@pytest.mark.django_db
def test_g58_reading_changes_nothing(program):
    """Each address, each person the matrix lets in or not; GET and HEAD, whatever the address asks for."""
    _, clients = program
    takes = dict(matrix.addresses())
    wrote = []

    def watch(execute, sql, params, many, context):
        if not READS.match(sql) and not TRACES.match(sql):
            wrote.append(sql) if not sql.startswith("set role") else None  # the client's own, not the program's
        return execute(sql, params, many, context)

    for name in sorted(takes):
        path = matrix.path_of(name, takes[name], "mine", program[0])
        for person in ("nobody", "intake", "mentor", "supervisor", "director", "admin"):
            for method in ("GET", "HEAD"):
                with transaction.atomic(), connection.execute_wrapper(watch):
                    answer = clients[person].generic(method, f"{path}?go=1&delete=1&_method=DELETE")
                    transaction.set_rollback(True)
                assert answer.status_code < 500, f"{method} {name} by {person}"
                assert wrote == [], f"{method} {name} by {person}"


def letters_of(kind, smtp, **recipient):
    row = OutboxRowFactory(kind=kind, recipient=UserFactory(**recipient), about=f"{NAME} {WORD}")
    outbox.deliver_due(at=timezone.now())
    letters = [BytesParser(policy=policy.default).parsebytes(letter.as_bytes()) for letter in smtp]
    return row, [letter for letter in letters if letter["Message-ID"] == f"<{row.pk}@outbox.invalid>"]


def says_nothing(letter, brand):
    words = f"{letter['Subject']}\n{letter.get_content()}"
    assert len(words) - len(settings_url()) <= 160
    for word in (NAME, WORD, brand, "mentor", "youth", "survivor", "case", "exploit", "referral", "concern", "Lynn"):
        assert word.lower() not in (words + str(letter["From"])).lower(), word
    assert re.findall(r"https?://\S+", words) == [settings_url()]
    assert letter.get_content_type() == "text/plain"
    assert letter.is_multipart() is False


def settings_url():
    from django.conf import settings  # noqa: PLC0415 (asked anew: a test may have changed it)

    return settings.SITE_URL


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(outbox.KINDS))
def test_g35_each_kind_of_letter_says_that_there_is_news_and_no_more(kind, smtp):
    """Whoever reads it over a shoulder learns that somebody has an account somewhere."""
    _, letters = letters_of(kind, smtp, email="nia@example.org", name=f"{NAME} {WORD}")

    assert [letter["To"] for letter in letters] == ["nia@example.org"]
    says_nothing(letters[0], settings_of.current().brand)


HEADERS = {**CONTROL, "copy": "nia@example.org\nBcc: all@example.org", "carriage": "nia@example.org\rSubject: x"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(HEADERS) - {"nul"}))  # no database keeps a NUL
def test_g35_nothing_in_a_name_or_an_address_becomes_a_header(name, smtp):
    """As somebody would have to have put it there past every form. It leaves as one letter, or not at all."""
    _, named = letters_of("news", smtp, email="ola@example.org", name=f"{HEADERS[name]}")
    assert len(named) == 1
    assert named[0]["Bcc"] is None
    OutboxRowFactory(recipient=UserFactory(email=HEADERS[name].lower() + "@example.org"))
    outbox.deliver_due(at=timezone.now())

    for letter in smtp:
        assert letter["Bcc"] is None
        assert letter["Subject"] == "There is something new for you"
        assert "all@example.org" not in str(letter["X-RcptTo"])


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


# Where words may be taken as markup or as a statement, and why it is safe there: file -> (what, how often, reason)
ALLOWED = {
    "mlmc/core/management/commands/key_sheet.py": ("mark_safe", 2, "our own style file, in a page that is printed"),
    "outcomes/views/follow_ups.py": ("mark_safe", 2, "a square drawn by segno from our own address"),
    "mlmc/core/door/setting_up.py": ("mark_safe", 2, "a square drawn by segno from a secret of our own making"),
    "mlmc/core/postgres/roles.py": ("execute(f", 4, "names of our own log-ins; a log-in cannot be a parameter"),
    "mlmc/core/management/commands/secure_database.py": ("execute(f", 4, "as roles.py, and a digest of our own files"),
    "mlmc/launcher/servers.py": ("execute(f", 1, "as roles.py"),
    "mlmc/launcher/roles.py": ("execute(f", 1, "as roles.py"),
    "mlmc/launcher/server.py": ("execute(f", 1, "as roles.py"),
    "mlmc/launcher/returning.py": ("execute(f", 4, "names of our own databases, which stand above them"),
    "mlmc/backup/purging.py": ("execute(f", 2, "names of our own tables and columns, from the models"),
    "mlmc/backup/restoring.py": ("execute(f", 6, "names of tables, as the catalog of the open database gives them"),
    "mlmc/core/audit.py": ("execute(f", 1, "the name and the days of a month, made beside it"),
    "templates/core/key_sheet.txt": ("|safe", 1, "plain text on a terminal: nothing reads it as markup"),
    "mlmc/queues.py": ("execute(f", 1, "counts of our own querysets, whose values travel as parameters"),
}
RISKY = {
    "mark_safe": r"mark_safe|SafeString\b|SafeText\b",
    "|safe": r"\|\s*safe\b|safeseq|autoescape off",
    "raw": r"\.raw\(|\.extra\(|RawSQL",
    "shell": r"shell\s*=\s*True|os\.system|os\.popen|\beval\(|\bexec\(|pickle\.load|yaml\.load\(",
    "script": r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|new Function\(|hx-on|hx-vals=.js:",
    "execute(f": r"execute(?:many)?\(\s*(?:f[\"']|[^)\n]*?[\"']\s*%\s|[^)\n]*\.format\()",
}


def risky():
    for folder in ("mlmc", "cases", "mentors", "matching", "outcomes", "templates", "static/js"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".py", ".html", ".txt", ".js") or "migrations" in path.parts:
                continue
            text = path.read_text()
            for what, pattern in RISKY.items():
                if count := len(re.findall(pattern, text)):
                    yield str(path.relative_to(ROOT)), what, count


def test_g56_words_become_markup_or_statements_only_where_it_is_said_why():
    assert sorted(risky()) == sorted((path, what, count) for path, (what, count, _) in ALLOWED.items())


@pytest.mark.parametrize(
    "line",
    [
        "mark_safe(name)",
        "{{ words|safe }}",
        "{{ words | safe }}",
        "{% autoescape off %}",
        "Youth.objects.raw(words)",
        "box.innerHTML = words",
        "RawSQL(words, [])",
        "subprocess.run(words, shell=True)",
        'cursor.execute(f"select {words}")',
        'cursor.execute("select %s" % words)',
        'cursor.execute("select {}".format(words))',
    ],
)
def test_g56_the_search_finds_what_it_looks_for(line):
    assert any(re.search(pattern, line) for pattern in RISKY.values())


@pytest.mark.browser
@pytest.mark.django_db
def test_g56_nothing_typed_runs_in_a_browser(live_program, browser):
    """The whole list in the open form and then in the queue of whoever reads it: no script, no frame, no report."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page, said = context.new_page(), []
    page.on("console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("dialog", lambda dialog: (said.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda request: said.append(request.url) if "/csp/" in request.url else None)
    texts = "\n".join(XSS.values())
    page.goto(live_program("/refer/"))
    page.fill("[name=referrer]", XSS["image"])
    page.fill("[name=agency_name]", XSS["attribute"])
    page.fill("[name=referrer_email]", "nia@example.org")
    go_on(page)
    page.fill("[name=first_name]", XSS["svg"])
    page.fill("[name=last_name]", XSS["end of title"][:80])
    page.fill("[name=pronouns]", XSS["single quoted attribute"][:40])
    go_on(page)
    page.fill("[name=safety_words]", texts)
    page.fill("[name=why]", texts)
    go_on(page)
    untouched(page)
    go_on(page)
    untouched(page)
    live_program.sign_in(page, "priya@demo.example")
    page.goto(live_program("/referrals/?view=table"))
    untouched(page)
    page.get_by_role("link", name=re.compile("onload=window.hit")).first.click()
    page.wait_for_load_state()
    assert "window.hit=1" in page.content()
    untouched(page)
    page.goto(live_program("/search/"))
    page.fill("main [name=words]", XSS["attribute"])
    page.press("main [name=words]", "Enter")
    untouched(page)
    context.close()
    assert said == []


def go_on(page):
    page.locator("main form button[type=submit]:not([name=back])").last.click()
    page.wait_for_load_state()


def untouched(page):
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x], iframe, main script, main svg[onload], [onfocus], [onmouseover]").count() == 0


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


RECEIVED = {"channel": "phone", "received_at": "2026-01-28 12:00", "referrer": "self", "first_name": "Robin"}
RECEIVED |= {"referrer_phone": "617-555-0142", "missing": "unknown"}


@pytest.fixture
def faults(settings):
    """No broker and no mail server, as after a cable was pulled."""
    dead = free_port()
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{dead}/0"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", dead, 2


@pytest.mark.django_db
def test_g64_without_broker_and_mail_a_check_in_and_a_referral_are_saved(program, faults):
    made, clients = program
    meetings, referrals = Meeting.objects.count(), Referral.objects.count()
    path = f"/check-in/{made.things['mine']['mentorship'].pk}/"
    with transaction.atomic():
        form = next(form for form in Page(clients["mentor"].get(path).content.decode()).forms if "kind" in form.kinds)
        answer = clients["mentor"].post(path, {**form.values, "safety": "on", "safety_words": "Somebody waits."})
        assert answer.status_code == 302
        form = next(
            form for form in Page(clients["intake"].get("/referrals/new/").content.decode()).forms
            if "received_text" in form.kinds
        )  # fmt: skip
        answer = clients["intake"].post("/referrals/new/", RECEIVED | {"client_key": form.values["client_key"]})
        assert answer.status_code == 302
        assert (Meeting.objects.count(), Referral.objects.count()) == (meetings + 1, referrals + 1)
        outbox.deliver_due(at=timezone.now())  # it cannot leave, and stays
        assert outbox.OutboxRow.objects.filter(sent_at=None).exists()
        transaction.set_rollback(True)
    assert mail.outbox == []


@pytest.mark.django_db
def test_g64_without_broker_and_mail_no_page_opens_more_than_before(program, faults):
    made, clients = program
    takes = dict(matrix.addresses())
    for (name, method, whose), cells in matrix.read().items():
        if method == "GET" and whose in ("-", "mine", "another's"):
            for person in ("nobody", "other_mentor", "former_mentor", "walled_supervisor", "admin"):
                path = matrix.path_of(name, takes[name], whose, made)
                with transaction.atomic():
                    answer = clients[person].get(path)
                    transaction.set_rollback(True)
                assert str(answer.status_code) == cells[person], f"{name} ({whose}) by {person}"
                assert NAME not in answer.content.decode()
