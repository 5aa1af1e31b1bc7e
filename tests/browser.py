"""Chromium and the real program for it: gunicorn as the app, on a database of its own, filled with the demo."""

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass

import pytest
from django.core.management import get_commands
from django.urls import reverse
from playwright.sync_api import sync_playwright

from mlmc import demo
from mlmc.launcher.checkout import ROOT, free_port
from mlmc.launcher.processes import spawn, stop, tail
from mlmc.launcher.setup import collect_static
from tests import cluster
from tests.waiting import wait_for

NAMES = ("chromium", "chromium-browser", "google-chrome")
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


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all. Where there is none these tests are skipped; in CI that is a failure."""
    path = chromium()
    if path is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("No Chromium found: install one, or name it in CHROMIUM.")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread; nothing shares it
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser):
    """Makes a signed-out page: `new_page(PHONE)`, `new_page(color_scheme="dark")`. Errors on it fail the test."""
    contexts, problems = [], []

    def make(viewport=DESKTOP, **how):
        context = browser.new_context(viewport=viewport, **how)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", lambda line: note(page, line))
        return page

    def note(page, line):
        if "Content Security Policy" in line.text:
            problems.append(f"{page.url}: {line.text}")

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
        page.wait_for_url(lambda url: reverse("core:sign_in") not in url)
        return page

    def manage(self, *words):
        return cluster.manage(*words, database=self.database, **self.environment)


@pytest.fixture(scope="session")
def live_program():
    """`live_program("/path")` is an address, `live_program.sign_in(page, email)` signs in, `.manage("command")`."""
    database, port = f"{cluster.DATABASE}_live", free_port()
    var = cluster.HOME / "var" / database
    var.mkdir(parents=True)
    more = {"MLMC_VAR": str(var), "MLMC_SITE_URL": f"http://127.0.0.1:{port}", "MLMC_DEMO": "1"}
    cluster.clone(database)
    program = Program(more["MLMC_SITE_URL"], database, more)
    (var / "static").symlink_to(collect_static(ROOT / "var", python=sys.executable))
    if "seed_demo" in get_commands():
        program.manage("seed_demo")

    log = var / "web.log"
    command = [sys.executable, "-m", "gunicorn", "mlmc.wsgi", "-b", f"127.0.0.1:{port}", "-k", "gthread"]
    command += ["--threads", "4", "--no-control-socket", "--worker-tmp-dir", var]
    web = spawn(command, log=log, env=cluster.program(database, **more), cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(program.url), why=lambda: tail(log, 4000), process=web)
        yield program
    finally:
        stop(web)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return True
    except OSError:
        return False
