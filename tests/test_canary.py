"""The canary sweep (G28–G34): a youth whose every sensitive field is a marker walks the whole line, failures forced on
the way; then every place where words could have been left is searched. Readers saw the markers; no sink holds one."""

import base64
import re
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import psycopg2
import pytest
import redis

from mlmc.core.postgres.roles import APP, KEEPER
from tests import cluster
from tests.browser import PHONE, serving
from tests.test_journey import BEAT, WORKER
from tests.waiting import wait_for

pytestmark = pytest.mark.browser

# Made-up words that stand nowhere else, one for each kind of field.
MARKS = {
    "first": "Zyxwvutia",
    "last": "Qanarique",
    "pronouns": "quimzel",
    "phone": "5005550177",
    "street": "Frobnickel",
    "safety": "Drellomort",
    "why": "Vexamontic",
    "strengths": "Plumbiquest",
    "consent": "Orrifandel",
    "referrer": "Harkwizzen",
    "contact": "Snarbletine",
    "told": "Wombletrick",
    "rationale": "Grizzlewick",
    "check_in": "Tuffenquill",
    "concern": "Mexiblorn",
    "resolution": "Yondervask",
    "emergency": "Jibberknoll",
    "finding": "Kwendolash",
}


def forms_of(word):
    """As it stands, and as it would look in an address, in base64 at any place, in hex."""
    raw = word.encode()
    yield word.lower()
    yield raw.hex()
    for shift in range(3):
        inside = base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]
        yield inside.decode().lower()


FORMS = {form: name for name, word in MARKS.items() for form in forms_of(word)}


def found_in(text):
    """The kinds of marker in some text or bytes, however they are written."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    low = text.lower()
    low = f"{low}\n{unquote(low)}\n{re.sub(r'[-. ()]', '', low)}"
    return {name for form, name in FORMS.items() if form in low}


def test_the_search_finds_a_marker_however_it_is_written():
    word = MARKS["safety"]
    for written in (word, word.upper(), f"x={word}&", word.encode().hex(), f"5{word}"):
        assert found_in(written) == {"safety"}
    for padding in ("", "a", "ab", "abc"):
        assert found_in(base64.b64encode(f"{padding}{word} and more".encode())) == {"safety"}
    assert found_in("+1 (500) 555-0177") == {"phone"}
    assert found_in("nothing of anybody") == set()


@dataclass
class Seen:
    """What the browsers were shown and what they sent: addresses, titles, referers, headers, storages."""

    addresses: list = field(default_factory=list)
    titles: list = field(default_factory=list)
    referers: list = field(default_factory=list)
    kept: list = field(default_factory=list)  # pages a browser may keep
    files: list = field(default_factory=list)
    stored: list = field(default_factory=list)
    shown: set = field(default_factory=set)  # markers that readers with the right to them did see

    def watch(self, page):
        page.on("request", self.requested)
        page.on("response", self.answered)
        page.on("load", self.loaded)
        page.seen = self
        return page

    def requested(self, request):
        self.addresses.append(request.url)
        self.referers.append(request.headers.get("referer", ""))

    def answered(self, response):
        self.addresses += [response.headers.get(name, "") for name in ("location", "link", "refresh")]
        self.files.append(response.headers.get("content-disposition", ""))
        if "/static/" not in response.url and response.headers.get("cache-control") != "no-store":
            self.kept.append(response.url)

    def loaded(self, page):
        try:
            self.titles.append(page.title())
            self.shown |= found_in(page.content())
            self.stored.append(page.evaluate(STORAGES))
            self.stored.append(str(page.context.cookies()))
        except Exception:  # the page was left meanwhile; the next one is looked at
            return


STORAGES = """async () => JSON.stringify([
    {...localStorage}, {...sessionStorage},
    indexedDB.databases ? await indexedDB.databases() : [],
    'caches' in window ? await caches.keys() : [],
    navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
    location.href, document.referrer,
    [...document.querySelectorAll('input[autocomplete]:not([autocomplete=off])')].map(one => one.value),
])"""


class Overheard:
    """Everything said to the broker, as MONITOR tells it."""

    def __init__(self, url):
        self.words, self.client = [], redis.from_url(url, socket_timeout=None)
        self.monitor = self.client.monitor().__enter__()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        try:
            for said in self.monitor.listen():
                self.words.append(said["command"])
        except (redis.RedisError, ValueError, OSError):
            return

    def dump(self):
        """What a copy of the broker's disk would hold."""
        self.client.save()
        folder = Path(self.client.config_get("dir")["dir"])
        kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        self.monitor.connection.disconnect()
        return kept


@pytest.fixture
def program(mail_server):
    mail = {"MLMC_SMTP_HOST": mail_server.hostname, "MLMC_SMTP_PORT": str(mail_server.port), "MLMC_TICK_SECONDS": "2"}
    with ExitStack() as stack:
        program = stack.enter_context(serving(f"{cluster.DATABASE}_canary", **mail))
        program.overheard = Overheard(cluster.broker())
        for words in (WORKER, BEAT):
            stack.enter_context(program.running(*words))
        yield program


def test_g28_g29_g30_g31_g32_g33_no_word_of_a_youth_is_left_anywhere(program, new_page, mail_server):
    seen = Seen()
    log_before = (cluster.HOME / "postgres.log").stat().st_size

    def page(*how):
        return seen.watch(new_page(*how))

    referred(program, page())
    welcomed(program, page())
    matched(program, page())
    said_yes(program, page(PHONE))
    youth_said_yes(program, page())
    checked_in(program, page(PHONE))
    in_hand(program, page())
    in_an_emergency(program, page(), page())
    searched(program, page())
    answered(program, page(), page(PHONE))
    broken(program, new_page())

    wait_for(lambda: any(message["To"] == "simone@demo.example" for message in mail_server.messages), within=120)
    assert set(MARKS) - {"phone", "street"} <= seen.shown  # the sweep is of words that readers did see
    leaks = {
        name: found
        for name, text in sinks(program, seen, mail_server, log_before).items()
        if (found := found_in(text))
    }
    assert leaks == {}
    assert seen.kept == []


def sinks(program, seen, mail_server, log_before):
    """Every place where words could have been left, by name."""
    var = Path(program.environment["MLMC_VAR"])
    with (cluster.HOME / "postgres.log").open("rb") as log:
        log.seek(log_before)
        postgres = log.read()
    files = {f"file {path.relative_to(var)}": path.read_bytes() for path in var.rglob("*") if path.is_file()}
    return files | {
        "names of files": "\n".join(map(str, var.rglob("*"))),
        "log of PostgreSQL": postgres,
        "rows of PostgreSQL": every_row(program.database),
        "what was said to the broker": "\n".join(program.overheard.words),
        "the broker's disk": program.overheard.dump(),
        "mails": "\n".join(message.as_string() for message in mail_server.messages),
        "addresses": "\n".join(seen.addresses),
        "titles": "\n".join(seen.titles),
        "referers": "\n".join(seen.referers),
        "names of downloads": "\n".join(seen.files),
        "what browsers keep": "\n".join(seen.stored),
    }


def every_row(database):
    """All tables as text, as whoever stole the disk would read them."""
    with cluster.postgres.superuser(database) as cursor:
        cursor.execute("select oid::regclass::text from pg_class where relkind = 'r' and relnamespace >= 16384")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        tables = {*tables, *(name for (name,) in cursor.fetchall())}
        rows = []
        for table in sorted(tables):
            cursor.execute(f"select t::text from {table} t")
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


# The line, as people walk it


def referred(program, page):
    page.goto(program("/refer/"))
    page.fill("[name=referrer]", f"Pat {MARKS['referrer']}")
    page.fill("[name=referrer_phone]", "617-555-0142")
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=first_name]", MARKS["first"])
    page.fill("[name=last_name]", MARKS["last"])
    page.fill("[name=pronouns]", MARKS["pronouns"])
    page.get_by_text("Spanish", exact=True).click()
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=safety_words]", f"Text, do not call {MARKS['safety']}.")
    page.fill("[name=why]", f"Wants to talk, {MARKS['why']}.")
    page.fill("[name=strengths]", f"Likes {MARKS['strengths']}.")
    page.fill("[name=consent_words]", f"Knows, says {MARKS['consent']}.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send the referral").click()
    page.locator(".receipt").wait_for()


def welcomed(program, page):
    program.sign_in(page, "priya@demo.example")
    page.goto(program("/referrals/"))
    page.get_by_role("link", name=re.compile(MARKS["first"])).first.click()
    page.get_by_role("button", name="Welcome").click()
    page.wait_for_url(re.compile("/cases/"))
    there = page.url
    fill_in(page, "background_words", MARKS["told"])
    read(page, there)
    fill_in(page, "note", f"Left word with {MARKS['contact']}.", way="call", reached="yes")
    read(page, there)
    program.case = re.search(r"/cases/([0-9a-f-]{36})/", page.url)[1]
    program.code_of_youth = re.search(r"Y-\d{4}", page.content())[0]


def fill_in(page, name, words, **taps):
    """Fill in one field of a form that may be folded away, tap what else it needs, and send it."""
    unfold(page)
    form = page.locator(f"form:has([name={name}])").first
    form.locator(f"[name={name}]").fill(words)
    for field_name, value in taps.items():
        form.locator(f"input[name={field_name}][value={value}] + label").click()
    form.locator("button[type=submit]").last.click()


def read(page, address):
    """Open a page whose words have to be there for this reader, and take note of them."""
    page.goto(address)
    page.seen.loaded(page)


def unfold(page):
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")


def matched(program, page):
    program.sign_in(page, "ana@demo.example")
    page.goto(program("/match/"))
    page.get_by_role("link", name=re.compile(MARKS["first"])).click()
    page.get_by_role("link", name="Propose Carmen O.").click()
    page.fill("[name=rationale]", f"Both speak Spanish, {MARKS['rationale']}.")
    page.get_by_role("button", name="Ask both of them").click()
    read(page, page.url)


def said_yes(program, page):
    program.sign_in(page, "carmen@demo.example")
    page.get_by_role("link", name="See what you may know").last.click()
    page.get_by_role("button", name="Yes, I would like to").click()


def youth_said_yes(program, page):
    program.sign_in(page, "ana@demo.example")
    page.goto(program("/match/"))
    page.get_by_role("link", name=re.compile(MARKS["first"])).click()
    page.get_by_role("button", name="The youth says yes").click()


def checked_in(program, page):
    program.sign_in(page, "carmen@demo.example")
    page.get_by_role("link", name=f"Check in about {MARKS['first']}").click()
    page.get_by_text("In person", exact=True).click()
    page.get_by_text("1 h", exact=True).click()
    unfold(page)
    page.fill("[name=words]", f"We cooked {MARKS['check_in']}.")
    page.get_by_text("Something about safety", exact=True).click()
    page.fill("[name=safety_words]", f"A car of {MARKS['concern']} waited outside.")
    page.get_by_role("button", name="Save check-in").click()
    page.wait_for_url(re.compile("/my-youth/"))
    logs = page.locator("main a[href^='/my-youth/']").all()
    for address in {link.get_attribute("href") for link in logs}:
        read(page, program(address))


def in_hand(program, page):
    program.sign_in(page, "simone@demo.example")
    page.goto(program("/team/"))
    page.get_by_role("link", name=re.compile(f"the concern about {MARKS['first']}")).click()
    page.get_by_role("button", name="I have it").click()
    concern = page.url
    fill_in(page, "resolution", f"Called {MARKS['resolution']}, who is with them now.")
    read(page, concern)
    read(page, program(f"/cases/{program.case}/"))
    read(page, program(f"/cases/{program.case}/access/"))


def in_an_emergency(program, page, other):
    program.sign_in(page, "patricia@demo.example")
    page.goto(program("/emergency/"))
    page.fill("[name=code]", program.code_of_youth)
    page.fill("[name=reason]", f"They called about {MARKS['emergency']} and I must reach somebody.")
    page.get_by_role("button", name="Open for one hour").click()
    page.wait_for_url(re.compile("/cases/"))
    program.sign_in(other, "simone@demo.example")
    other.goto(program("/emergency/reviews/"))
    other.locator("[name$=-finding]").first.fill(f"It was needed, says {MARKS['finding']} as well.")
    other.get_by_role("button", name="I have looked at it").first.click()
    read(other, program("/emergency/reviews/"))


def searched(program, page):
    program.sign_in(page, "simone@demo.example")
    page.goto(program("/search/"))
    box = page.locator("main input[name=words], main input[type=search], main input[name=q]").first
    box.fill(MARKS["first"])
    box.press("Enter")


def answered(program, page, phone):
    """The clock has opened the follow-up; the mentor makes the link, and the youth answers on a phone."""
    program.sign_in(page, "carmen@demo.example")

    def there():
        page.goto(program("/follow-ups/"))
        return page.get_by_role("row", name=re.compile(MARKS["first"])).count() > 0

    wait_for(there, within=120)
    row = page.get_by_role("row", name=re.compile(MARKS["first"]))
    row.get_by_role("link", name=re.compile("Make link")).click()
    page.get_by_role("button", name="Make link").click()
    link = re.search(r"http://localhost:\d+/s/[\w-]+/", page.content())[0]
    phone.goto(link)
    phone.get_by_role("button", name="Start").click()
    for _ in range(4):
        say = "no" if phone.locator("input[name=answer][value=no]").count() else "4"
        phone.locator(f"input[name=answer][value='{say}'] + label").click()
        phone.get_by_role("button", name="Continue").click()


# Forced failures: forty in all, each with markers in what was sent


def broken(program, page):
    """A person's browser sends what cannot work; PostgreSQL is asked what it must refuse; a row is held; a value no
    longer opens; a backend dies under a form."""
    program.sign_in(page, "carmen@demo.example")
    page.goto(program("/my-youth/"))
    check_in = page.get_by_role("link", name=f"Check in about {MARKS['first']}").get_attribute("href")
    words = " ".join(MARKS.values())
    for answer in refused(program, page, check_in, words):
        assert answer.status in (400, 403, 404, 405, 413), answer.status
        assert found_in(answer.text()) == set()
    refused_by_postgres(program.database, words)
    held_row(program, page, check_in, words)
    lost_backend(program, page, check_in)
    no_longer_opens(program, page)


def refused(program, page, check_in, words):
    send, there = page.request, program(check_in)
    form = {"words": words, "safety_words": words}
    for _ in range(3):
        yield send.post(there, form=form)  # without the token of a form
    yield send.post(there, form=form, headers={"Sec-Fetch-Site": "cross-site"})
    for name in ("first", "phone", "street", "last"):
        yield send.get(program(f"/youth/{MARKS[name]}/?q={MARKS['last']}"))
        yield send.post(program(f"/nowhere/{MARKS[name]}/"), form=form)
        yield send.get(program(f"/s/{MARKS[name]}/"))
    yield send.post(there, data="x" * 2_600_000 + words, headers={"Content-Type": "application/x-www-form-urlencoded"})
    for method in ("PUT", "DELETE", "PATCH"):
        yield send.fetch(there, method=method, data=words)
    yield send.get(program("/my-youth/"), headers={"Host": f"{MARKS['last']}.example"})
    yield send.get(program("/cases/01a21062-0000-7000-8000-000000000000/"), headers={"Referer": f"http://{words}"})
    yield send.post(
        program("/refer/"), data=b"\xff\xfe" + words.encode(), headers={"Content-Type": "multipart/form-data"}
    )


BAD_SQL = [
    "insert into cases_youth (id, code) values (gen_random_uuid(), '{0}')",
    "insert into cases_agency (id, name) values ('{0}', '{0}')",
    "select '{0}'::integer",
    "select '{0}'::uuid",
    "update core_user set name = null where name = '{0}' or true",
    "select * from cases_youth where chosen_name = '{0}'",
    "insert into core_auditentry (act, what) values ('{0}', '{0}')",
    "select 1/0 where '{0}' <> ''",
]


def refused_by_postgres(database, words):
    for role in (APP, KEEPER):
        for sql in BAD_SQL:
            link = cluster.postgres.connect(role, cluster.PASSWORDS[role], database)
            with link.cursor() as cursor, suppress(psycopg2.Error):
                cursor.execute(sql.format(words))
            link.close()


def held_row(program, page, check_in, words):
    """Somebody holds what the form needs, for longer than anybody waits."""
    with cluster.postgres.superuser(program.database) as cursor:
        cursor.execute("begin")
        cursor.execute("lock table mentors_meeting in exclusive mode")
        page.goto(program(check_in))
        page.get_by_text("In person", exact=True).click()
        unfold(page)
        page.fill("[name=words]", words)
        page.get_by_role("button", name="Save check-in").click()
        assert "Nothing you saved is lost" in page.content()
        cursor.execute("rollback")


def lost_backend(program, page, check_in):
    with cluster.postgres.superuser() as cursor:
        cursor.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = %s and usename = %s",
            [program.database, APP],
        )
    page.goto(program(check_in))


def no_longer_opens(program, page):
    """A name that was moved to another row: the page breaks, and says a number and nothing else."""
    with cluster.postgres.superuser(program.database) as cursor:
        cursor.execute("select id, chosen_name from cases_youth where code = %s", [program.code_of_youth])
        [(pk, whole)] = cursor.fetchall()
        cursor.execute("update cases_youth set chosen_name = set_byte(chosen_name, 20, 7) where id = %s", [pk])
        page.goto(program("/my-youth/"))
        assert "Something went wrong on our side" in page.content()
        cursor.execute("update cases_youth set chosen_name = %s where id = %s", [whole, pk])
    page.goto(program("/my-youth/"))
    assert MARKS["first"] in page.content()
    time.sleep(0.5)
