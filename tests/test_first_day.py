"""From an empty program to a match, a check-in and a restored backup, by its pages alone, in five browsers."""

import re
import sys
from contextlib import ExitStack

import pyotp
import pytest
from django.conf import settings
from playwright.sync_api import expect

from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sheet import sheet
from mlmc.launcher.setup import collect_static
from mlmc.office import keys_on_paper
from tests import cluster
from tests.browser import PHONE, serving
from tests.test_launcher_program import Run
from tests.waiting import wait_for

pytestmark = pytest.mark.browser
CODE = "AB12-CD34-EF56-7890"
PASSWORD = "a long walk by the river"
WORKER = ("celery", "-A", "mlmc", "worker", "-P", "solo", "-l", "INFO")
APPS = []  # what shows each person's codes, in the order in which they came
KEEPER = (*WORKER, "-Q", "keeper")
BEAT = ("celery", "-A", "mlmc", "beat", "-l", "INFO")
STAFF = [
    ("Priya Nand", ["Intake coordinator"]),
    ("Ana Ortiz", ["Assessment team"]),
    ("Simone Hart", ["Clinical supervisor"]),
    ("Carmen Oliva", ["Survivor mentor"]),
]


@pytest.fixture
def program():
    with ExitStack() as stack:
        more = {"MLMC_SETUP_CODE": CODE, "MLMC_TICK_SECONDS": "3"}
        program = stack.enter_context(serving(f"{cluster.DATABASE}_first", empty=True, **more))
        stack.enter_context(program.running(*WORKER))
        stack.enter_context(program.running(*KEEPER, role="keeper"))
        stack.enter_context(program.running(*BEAT))
        yield program


def test_from_nothing_to_a_match_a_check_in_and_a_restored_backup(program, new_page, mail_server, own_var):
    admin, director = two_people_begin(program, new_page)
    letters_leave(program, director, mail_server)
    a_team_is_named(program, director)
    people = {
        name: joins(new_page(PHONE if "mentor" in roles[0] else None), invited(program, director, name, roles))
        for name, roles in STAFF
    }
    somebody_is_on_call(program, director)
    the_mentor_is_ready(program, people["Simone Hart"])
    a_referral_comes_in(program, people["Priya Nand"])
    both_are_asked(program, people["Ana Ortiz"])
    both_say_yes(program, people["Carmen Oliva"], people["Ana Ortiz"])
    she_checks_in(program, people["Carmen Oliva"])
    name = a_backup_is_made(program, admin)

    restored = f"{cluster.DATABASE}_first_again"
    comes_back(program, name, restored)
    on_another_machine(new_page(), name, own_var)


def two_people_begin(program, new_page):
    page = new_page()
    page.goto(program("/"))
    page.get_by_role("link", name="Begin your program").click()
    page.get_by_label("Code from the terminal").fill(CODE)
    page.get_by_label("Name on staff pages").fill("Harbor")
    page.get_by_label("Name of the system admin").fill("Robin Ames")
    page.get_by_label("Their e-mail", exact=True).fill("robin@harbor.example")
    page.get_by_label("Name of the program director").fill("Pat Dunn")
    page.get_by_label("Their e-mail, another one").fill("pat@harbor.example")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_selector("text=Two links, shown this once")
    mine, other = [page.get_by_label(f"Link for {name}").input_value() for name in ("Robin Ames", "Pat Dunn")]
    return joins(new_page(), mine), joins(new_page(), other)


def joins(page, link):
    """A link, a password, an app, ten codes: in the browser of whoever was invited."""
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("link", name=re.compile("app", re.I)).first.click()
    page.locator("summary", has_text="camera").click()
    secret = page.locator("code.key").inner_text().replace(" ", "")
    APPS.append(pyotp.TOTP(secret))
    page.fill("input[name=code]", APPS[-1].now())
    page.get_by_role("button", name="Add the app").click()
    page.wait_for_selector("text=Ten codes")
    return page


def letters_leave(program, page, mail_server):
    page.goto(program("/first-days/"))
    page.get_by_role("link", name=re.compile("Do it.*Letters")).click()
    card = page.locator("#letters")
    card.get_by_label("Sent from this address").fill("notices@harbor.example")
    card.get_by_label("Mail server").fill(mail_server.hostname)
    card.get_by_label("Its port").fill(str(mail_server.port))
    card.get_by_label("Sealed on the way").select_option("none")
    card.get_by_role("button", name="Save").click()
    page.wait_for_selector("text=A test is on its way")
    assert [letter["To"] for letter in mail_server.messages] == ["pat@harbor.example"]


def a_team_is_named(program, page):
    page.goto(program("/first-days/"))
    page.get_by_role("link", name=re.compile("Do it.*Teams")).click()
    page.get_by_label("Name of the team").fill("North")
    page.get_by_role("button", name="Add the team").click()
    page.wait_for_selector("text=The team is there")


def invited(program, page, name, roles):
    page.goto(program("/people/invite/"))
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail").fill(f"{name.split()[0].lower()}@harbor.example")
    for role in roles:
        page.get_by_label(role).check()
    page.select_option("[name=team]", label="North")
    page.get_by_role("button", name="Make the link").click()
    return page.locator("input#link").input_value()


def somebody_is_on_call(program, page):
    page.goto(program("/first-days/"))
    page.get_by_role("link", name=re.compile("Do it.*Who is on call")).click()
    page.get_by_label("Told first").select_option("Simone Hart")
    page.get_by_role("button", name="Save the order").click()


def the_mentor_is_ready(program, page):
    page.goto(program("/team/"))
    page.get_by_role("button", name=re.compile("ready", re.I)).first.click()


def a_referral_comes_in(program, page):
    page.goto(program("/referrals/"))
    page.get_by_role("link", name="New referral").first.click()
    page.fill("[name=first_name]", "Juniper")
    page.fill("[name=last_name]", "Vale")
    page.fill("[name=safety_words]", "Please text, do not call the house line.")
    page.fill("[name=why]", "Wants to talk to somebody who gets it.")
    page.get_by_role("button", name=re.compile("Save|Keep|referral", re.I)).last.click()
    page.wait_for_url(re.compile("/referrals/.{36}/"))
    page.get_by_role("button", name="Welcome").click()
    page.wait_for_url(re.compile("/cases/"))


def both_are_asked(program, page):
    page.goto(program("/match/"))
    page.get_by_role("link", name=re.compile("Juniper V.")).click()
    page.get_by_role("link", name="Propose Carmen O.").click()
    page.fill("[name=rationale]", "Carmen is close by.")
    page.get_by_role("button", name="Ask both of them").click()


def both_say_yes(program, mentor, team):
    mentor.goto(program("/my-youth/"))
    mentor.get_by_role("link", name="See what you may know").click()
    mentor.get_by_role("button", name="Yes, I would like to").click()
    team.reload()
    team.get_by_role("button", name="The youth says yes").click()


def she_checks_in(program, page):
    page.goto(program("/my-youth/"))
    page.get_by_role("link", name="Check in about Juniper V.").click()
    page.get_by_text("In person", exact=True).click()
    page.get_by_text("Good", exact=True).click()
    page.get_by_role("button", name="Save check-in").click()
    page.wait_for_url(re.compile("/my-youth/"))


def a_backup_is_made(program, page):
    """The first made itself; this one is asked for, holds the check-in, and takes the first one's place of the day."""
    folder = cluster.HOME / "var" / program.database / "backups"
    before = set(folder.glob("*.sealed"))
    page.goto(program("/health/"))
    page.get_by_role("button", name="Make one now").click()
    page.wait_for_selector("text=A backup is being made")

    def there():
        page.goto(program("/health/"))
        made = (
            page.get_by_text("read back and whole").count() and not page.get_by_text("being made", exact=True).count()
        )
        return made and set(folder.glob("*.sealed")) - before

    wait_for(there, within=120)
    expect(page.get_by_role("row", name=re.compile("Last good backup")).get_by_text("none yet")).to_have_count(0)
    return sorted(folder.glob("*.sealed"))[-1]


def comes_back(program, backup, database):
    with cluster.postgres.superuser() as cursor:
        cluster.create_database(cursor, database)
    with cluster.postgres.superuser(database) as cursor:
        cluster.hand_over_schema(cursor)
    said = cluster.manage("restore", str(backup), database=database, MLMC_VAR=program.environment["MLMC_VAR"])

    assert re.search(r"mentors_meeting +1\n", said)
    assert "Everything is back" in said


def typed(page, sheet):
    lines = [str(line) for lines in sheet.values() for line in lines]
    page.get_by_label("The lines of the key sheet").fill("\n".join(lines))
    page.get_by_role("button", name="Bring it back").click()


def on_another_machine(page, backup, var):
    """`make start` on an empty place, the file and the paper in hand, and no shell after that."""
    collect_static(var, python=sys.executable)
    with Run(var, "start") as start:
        other = f"http://localhost:{start.port}"
        page.goto(other)
        page.get_by_role("link", name="Begin your program").click()
        page.get_by_role("link", name="Bring it back").click()
        page.get_by_label("Code from the terminal").fill(re.search(r"\n  ([0-9A-F-]{19})\n", start.said())[1])
        page.get_by_role("button", name="Go on").click()
        ours = keys_on_paper.by_label()
        other_sheet = sheet(read_ring(settings.MLMC_DATA_KEYS), "the index key of some other program, and its sheet")
        page.get_by_label("The file").set_input_files(backup)
        typed(page, ours | {"X": ours["X"][1:]})
        page.wait_for_selector(f"text={ours['X'][0].head} is missing.")
        typed(page, ours | {"X": other_sheet["X"]})
        page.wait_for_selector("text=The lines of the index key (X) are from another sheet")
        page.get_by_role("link", name="Try again").click()
        page.get_by_label("The file").set_input_files(backup)
        typed(page, ours)
        page.wait_for_selector("text=Keep this page open")
        page.get_by_role("heading", name="Everything is back").wait_for(timeout=180_000)
        page.get_by_role("link", name="Sign in").click()
        page.fill("input[name=email]", "robin@harbor.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.fill("input[name=code]", APPS[0].now())
        page.press("input[name=code]", "Enter")
        page.wait_for_url(re.compile("/health/"))
        page.goto(f"{other}/people/")
        for name, _ in STAFF:
            expect(page.get_by_role("link", name=name).first).to_be_visible()
        assert not (var / "program" / "coming-back").exists()
        wait_for(lambda: start.said().count("Your program is ready") == 2, why=start.said)
        assert start.process.poll() is None
