"""The whole line, once, as seven people walk it: refer, accept, match, check in, worry, survey, report."""

import re
from contextlib import ExitStack

import pytest

from tests import cluster
from tests.browser import PHONE, serving
from tests.waiting import wait_for

pytestmark = pytest.mark.browser
WORKER = ("celery", "-A", "mlmc", "worker", "-P", "solo", "-l", "INFO")
BEAT = ("celery", "-A", "mlmc", "beat", "-l", "INFO")


@pytest.fixture
def program(mail_server):
    """The program with its worker and its clock, which ticks every three seconds, and a real mail server."""
    mail = {"MLMC_SMTP_HOST": mail_server.hostname, "MLMC_SMTP_PORT": str(mail_server.port), "MLMC_TICK_SECONDS": "3"}
    with ExitStack() as stack:
        program = stack.enter_context(serving(f"{cluster.DATABASE}_journey", **mail))
        for words in (WORKER, BEAT):
            stack.enter_context(program.running(*words))
        yield program


def test_one_youth_from_referral_to_report(program, new_page, mail_server):
    before = answered_at_the_start(program, new_page)

    receipt = an_agency_worker_refers(program, new_page())
    intake_accepts(program, new_page(), receipt)
    team = the_team_asks_both(program, new_page())
    the_mentor_says_yes(program, new_page(PHONE))
    the_youths_yes_is_written_down(team)
    the_mentor_checks_in_and_worries(program, new_page(PHONE))
    the_supervisor_takes_it_on(program, new_page())
    link = a_survey_is_opened(program, new_page())
    the_youth_answers(new_page(PHONE), link)

    wait_for(lambda: answered_at_the_start(program, new_page) == before + 1, within=120)
    assert "simone@demo.example" in {message["To"] for message in mail_server.messages}
    assert all("Juniper" not in message.as_string() for message in mail_server.messages)


def an_agency_worker_refers(program, page):
    page.goto(program("/refer/"))
    page.fill("[name=referrer]", "Pat Lindqvist")
    page.fill("[name=agency_name]", "DCF Lynn")
    page.fill("[name=referrer_phone]", "617-555-0142")
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=first_name]", "Juniper")
    page.fill("[name=last_name]", "Vale")
    page.get_by_text("Spanish", exact=True).click()
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=safety_words]", "Please text, do not call the house line.")
    page.fill("[name=why]", "Wants to talk to somebody who gets it.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send the referral").click()
    receipt = page.locator(".receipt").inner_text()
    assert "Juniper" not in page.content()
    return receipt


def intake_accepts(program, page, receipt):
    program.sign_in(page, "priya@demo.example")
    page.goto(program("/referrals/"))
    page.get_by_role("link", name="Juniper V.").first.click()
    assert receipt in page.content()
    assert "do not call the house line" in page.content()
    page.get_by_role("button", name="I have answered the referrer").click()
    page.get_by_role("button", name="Welcome").click()
    page.wait_for_url(re.compile("/cases/"))
    assert "waiting for a mentor" in page.content().lower()


def the_team_asks_both(program, page):
    program.sign_in(page, "ana@demo.example")
    page.goto(program("/match/"))
    page.get_by_role("link", name=re.compile("Juniper V.")).click()
    page.get_by_role("link", name="Propose Carmen O.").click()
    page.fill("[name=rationale]", "Both speak Spanish, and Carmen is close by.")
    page.get_by_role("button", name="Ask both of them").click()
    return page


def the_mentor_says_yes(program, page):
    program.sign_in(page, "carmen@demo.example")
    page.get_by_role("link", name="See what you may know").last.click()
    assert "Juniper" not in page.content()
    page.get_by_role("button", name="Yes, I would like to").click()


def the_youths_yes_is_written_down(page):
    page.reload()
    page.get_by_role("button", name="The youth says yes").click()
    page.goto(page.url.split("/match/")[0] + "/match/")
    assert page.get_by_role("link", name=re.compile("Juniper V.")).count() == 0


def the_mentor_checks_in_and_worries(program, page):
    program.sign_in(page, "carmen@demo.example")
    page.get_by_role("link", name="Check in about Juniper V.").click()
    page.get_by_text("In person", exact=True).click()
    page.get_by_text("1 h", exact=True).click()
    page.get_by_text("Good", exact=True).click()
    page.get_by_text("Something about safety", exact=True).click()
    page.fill("[name=safety_words]", "A car waited outside twice this week.")
    page.get_by_role("button", name="Save check-in").click()
    page.wait_for_url(re.compile("/my-youth/"))


def the_supervisor_takes_it_on(program, page):
    program.sign_in(page, "simone@demo.example")
    page.goto(program("/team/"))
    page.get_by_role("link", name="the concern about Juniper V.").click()
    assert "A car waited outside twice" in page.content()
    page.get_by_role("button", name="I have it").click()
    assert page.get_by_role("button", name="I have it").count() == 0


def a_survey_is_opened(program, page):
    """The clock has made the follow-up and opened it; the mentor sits with the youth and makes the link."""
    program.sign_in(page, "carmen@demo.example")

    def there():
        page.goto(program("/follow-ups/"))
        return page.get_by_role("row", name=re.compile("Juniper V.")).count() > 0

    wait_for(there, within=120)
    page.get_by_role("row", name=re.compile("Juniper V.")).get_by_role("link", name=re.compile("Make link")).click()
    page.get_by_role("button", name="Make link").click()
    return re.search(r"http://localhost:\d+/s/[\w-]+/", page.content())[0]


def the_youth_answers(page, link):
    page.goto(link)
    assert page.title() == "Check-in"
    page.get_by_role("button", name="Start").click()
    for _ in range(60):
        if page.locator("input[name=answer]").count() == 0:
            break
        choices = page.locator("input[name=answer]")
        say = "no" if page.locator("input[name=answer][value=no]").count() else "4"
        page.locator(f"input[name=answer][value='{say}'] + label").click()
        assert choices.count()
        page.get_by_role("button", name="Continue").click()
    assert "/s/" in page.url
    page.goto(link)
    assert "Start" not in page.content()


def answered_at_the_start(program, new_page):
    """How many baselines the report counts, as the evaluation manager reads it."""
    page = program.sign_in(new_page(), "eli@demo.example")
    page.goto(program("/outcomes/"))
    row = page.get_by_role("row", name=re.compile("^Start .* of ")).first
    number = int(re.search(r"(\d+) of", row.inner_text())[1])
    page.context.close()
    return number
