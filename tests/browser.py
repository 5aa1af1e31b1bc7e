"""Chromium and the real program for it: gunicorn as the app, on a database of its own, filled with the demo."""

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, sync_playwright

from mlmc import demo
from mlmc.core.postgres.roles import KEEPER
from mlmc.launcher.checkout import ROOT, free_port
from mlmc.launcher.processes import spawn, stop, tail
from mlmc.launcher.setup import collect_static
from tests import cluster
from tests.waiting import wait_for

# The first is Chromium without the parts that draw windows: it takes half the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}


def chromium():
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_configure(config):
    """The static files once, before helpers that would all collect them at the same moment."""
    if chromium() and not hasattr(config, "workerinput") and not config.option.collectonly:
        collect_static(ROOT / "var", python=sys.executable)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all. Where there is none these tests are skipped; in CI that is a failure."""
    path = chromium()
    if path is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("No Chromium found: install one, or name it in CHROMIUM.")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread; nothing shares it
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        for kind, name in [(Locator, "click"), (Locator, "press"), (Page, "click"), (Page, "press")]:
            patch.setattr(kind, name, and_wait(getattr(kind, name)))
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def and_wait(act):
    """A click or a key as Playwright has it waits until the next page begins; this one until it is whole, with its
    styles: what a test reads next, or says is not there, is never half a page."""

    def acted(self, *words, **how):
        act(self, *words, **how)
        getattr(self, "page", self).wait_for_load_state()

    return acted


@pytest.fixture
def new_page(browser):
    """Makes a signed-out page: `new_page(PHONE)`, `new_page(color_scheme="dark")`. Errors on it fail the test."""
    contexts, problems = [], []

    def make(viewport=DESKTOP, **how):
        context = browser.new_context(viewport=viewport, **how)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", lambda line: note(page, line))
        page.on("requestfailed", lambda request: lost(page, request))
        return page

    def note(page, line):
        if "Content Security Policy" in line.text:
            problems.append(f"{page.url}: {line.text}")

    def lost(page, request):
        if "/static/" in request.url and request.failure != "net::ERR_ABORTED":  # aborted: the page was left
            problems.append(f"{page.url}: {request.url} {request.failure}")

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(new_page):
    return new_page()


@dataclass
class Program:
    """The program as its users meet it."""

    url: str
    database: str
    environment: dict

    def __call__(self, path="/"):
        return self.url + path

    def sign_in(self, page, email, *, password=demo.PASSWORD):
        """Through the form, as a person does it, and on to the page that role begins with."""
        page.goto(self(reverse("core:sign_in")))
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.fill("input[name=code]", self.code(email))
        page.press("input[name=code]", "Enter")
        page.wait_for_url(lambda url: reverse("core:sign_in") not in url)
        return page

    def code(self, email):
        """What this person's app shows. Tests sign in more often than every half minute, so it forgets the last."""
        self.sql("update core_authenticatorapp set last_step = 0")
        return demo.code_of(email)

    def sql(self, words, *values):
        """As the keeper, who may do in a test what nobody may on a page."""
        link = cluster.postgres.connect(KEEPER, cluster.PASSWORDS[KEEPER], self.database)
        with link, link.cursor() as cursor:
            cursor.execute(words, values)
        link.close()

    def manage(self, *words):
        return cluster.manage(*words, database=self.database, **self.environment)

    @contextmanager
    def running(self, name, *words, role="app"):
        """One more process of this program, logged in as the app; gives it and the path of its log."""
        log = Path(self.environment["MLMC_VAR"]) / f"{name}-{words[2] if name == 'celery' else 'web'}-{role}.log"
        environment = cluster.program(self.database, **self.environment, MLMC_DATABASE_ROLE=role)
        command = [sys.executable, "-m", name, *words]
        process = spawn(command, log=log, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL)
        try:
            yield process, log
        finally:
            stop(process)


@contextmanager
def serving(database, *, empty=False, **more):
    """The program on a database of its own, filled with the demo or `empty`, for as long as the block lasts."""
    port = free_port()
    var = cluster.HOME / "var" / database
    var.mkdir(parents=True)
    url = f"http://localhost:{port}"  # a passkey belongs to a name, never to a number
    more = {"MLMC_VAR": str(var), "MLMC_SITE_URL": url, "MLMC_DEMO": "0" if empty else "1", **more}
    cluster.clone(database)
    program = Program(url, database, more)
    (var / "static").symlink_to(collect_static(ROOT / "var", python=sys.executable))
    if not empty:
        program.manage("seed_demo")
    gunicorn = ["gunicorn", "mlmc.wsgi", "-b", f"127.0.0.1:{port}", "-k", "gthread"]
    with program.running(*gunicorn, "--threads", "4", "--no-control-socket", "--worker-tmp-dir", var) as (web, log):
        wait_for(lambda: answers(url), why=lambda: tail(log, 4000), process=web)
        yield program


@pytest.fixture(scope="session")
def live_program():
    """`live_program("/path")` is an address, `live_program.sign_in(page, email)` signs in, `.manage("command")`."""
    with serving(f"{cluster.DATABASE}_live") as program:
        yield program


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return True
    except OSError:
        return False
