"""Settings, letters, the key sheet, the first days and teams of a program that has begun."""

import pytest
from django.utils import timezone

from mlmc import program
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import AuditEntry, OutboxRow, ProgramRow, SettingChange, Team
from mlmc.core.postgres.roles import APP
from mlmc.office import first_days, keys_on_paper
from mlmc.program import Program
from tests.conftest import StrictClient, as_role
from tests.factories import AuthenticatorAppFactory, TeamFactory, UserFactory

PROMISES = {"reply_working_days": 2, "first_contact_hours": 48, "mentor_days": 10, "acknowledge_minutes": 15}


@pytest.fixture
def director(client):
    user = UserFactory(roles=["director"])
    client.force_login(user)
    return user


@pytest.fixture
def admin(client):
    user = UserFactory(admin=True)
    client.force_login(user)
    return user


@pytest.mark.django_db
def test_a_changed_setting_counts_at_once_and_stands_in_the_list_with_who_and_when(client, director):
    answer = client.post("/settings/promises/", PROMISES)

    assert (answer.status_code, answer["Location"]) == (302, "/settings/#promises")
    ours = program.current()
    assert (ours.reply_working_days, ours.first_contact_hours, ours.mentor_days) == (2, 48, 10)
    changed = {row.name: (row.before, row.after, row.by) for row in SettingChange.objects.exclude(name="done")}
    assert changed == {
        "reply_working_days": (1, 2, director),
        "first_contact_hours": (72, 48, director),
        "acknowledge_minutes": (30, 15, director),
    }
    page = client.get("/settings/").content.decode()
    assert "First contact with the youth</b>: 72 → 48" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("section", "sent", "sentence"),
    [
        ("promises", PROMISES | {"mentor_days": 0}, "1 is the least."),
        ("promises", PROMISES | {"mentor_days": "ten"}, "Write a whole number."),
        ("places", {"places": 12, "ceiling": 10}, "The most cannot be less"),
        ("days-off", {"closures": "2026-12-25\nChristmas"}, "One of the lines is no date."),
        (
            "names",
            {"brand": "x", "help_line": "617-555-0100", "time_zone": "Mars", "languages": "en"},
            "Choose from the",
        ),
        ("names", {"brand": "x", "help_line": "617-555-0100", "time_zone": "UTC"}, "Choose at least one."),
    ],
)
def test_a_setting_that_cannot_be_is_said_beside_it_and_nothing_is_saved(client, director, section, sent, sentence):
    answer = client.post(f"/settings/{section}/", sent)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert program.current() == Program()


@pytest.mark.django_db
def test_days_off_are_kept_once_each_and_in_order(client, director):
    client.post("/settings/days-off/", {"closures": "2027-01-01\n2026-12-25 2026-12-25"})

    assert program.current().closures == ["2026-12-25", "2027-01-01"]


@pytest.mark.django_db
def test_the_pace_is_kept_by_stage(client, director):
    sent = {"places": 10, "ceiling": 12, "hold_hours": 72}
    sent |= {"pace_beginning": 3, "pace_weekly": 7, "pace_fortnightly": 14, "pace_monthly": 30}

    client.post("/settings/places/", sent)

    assert program.current().pace_days == {"beginning": 3, "weekly": 7, "fortnightly": 14, "monthly": 30}


def letters_by(server):
    return {
        "sender": "Notices",
        "mail_from": "notices@harbor.example",
        "mail_host": server.hostname,
        "mail_port": server.port,
        "mail_security": "none",
        "mail_user": "",
        "mail_password": "",
    }


@pytest.mark.django_db
def test_letters_are_tried_before_they_are_kept_and_then_leave_by_that_server(client, director, mail_server, settings):
    settings.EMAIL_BACKEND = "mlmc.office.letters.Backend"

    answer = client.post("/settings/letters/", letters_by(mail_server) | {"mail_password": "sesame and salt"})

    assert answer.status_code == 302
    test = mail_server.messages.pop()
    assert (test["To"], test["From"]) == (director.email, "Notices <notices@harbor.example>")
    assert program.current().mail_host == mail_server.hostname
    with acting_as(Actor.system("outbox")):
        assert program.mail_password() == "sesame and salt"
    assert "sesame" not in str(ProgramRow.objects.values("settings").get())
    assert "sesame" not in client.get("/settings/").content.decode()


@pytest.mark.django_db
def test_a_mail_server_that_does_not_answer_is_said_and_not_kept(client, director, mail_server):
    answer = client.post("/settings/letters/", letters_by(mail_server) | {"mail_port": 1})

    assert "No letter could be sent with this, so nothing was saved" in answer.content.decode()
    assert program.current().mail_host == ""


@pytest.mark.django_db
def test_saving_asks_for_a_fresh_second_factor(client, director):
    client.session.know(factor_at=timezone.now() - timezone.timedelta(minutes=6))

    client.post("/settings/promises/", PROMISES)

    assert program.current() == Program()


@pytest.mark.django_db
def test_the_key_sheet_is_shown_when_asked_for_and_the_director_hears_of_it(client, admin):
    director = UserFactory(roles=["director"])
    line = str(next(iter(keys_on_paper.asked().values())))

    assert line.split()[-1] not in client.get("/key-sheet/").content.decode()
    page = client.post("/key-sheet/", {"show": "show"})

    assert line.split()[-1] in page.content.decode()
    assert page["Cache-Control"].startswith("no-store") or "no-store" in page["Cache-Control"]
    assert AuditEntry.objects.filter(act="export", what="office:key_sheet").count() == 1
    assert [row.recipient for row in OutboxRow.objects.all()] == [director]


@pytest.mark.django_db
def test_only_an_admin_sees_it_and_only_with_a_fresh_factor(client, director):
    assert client.get("/key-sheet/").status_code == 403
    other = StrictClient()
    other.force_login(UserFactory(admin=True))
    other.session.know(factor_at=timezone.now() - timezone.timedelta(minutes=6))
    words = keys_on_paper.sheet()["recovery_words"]
    assert words not in other.post("/key-sheet/", {"show": "show"}).content.decode()


@pytest.mark.django_db
def test_typing_a_line_of_each_key_proves_the_paper(client, admin):
    lines = {head: str(line).split(maxsplit=2)[2] for head, line in keys_on_paper.asked().items()}

    wrong = client.post("/key-sheet/", {"confirm": "confirm"} | dict.fromkeys(lines, "ABCD EFGH IJKL MNOP QRST"))
    assert "slip" in wrong.content.decode()
    assert "key_sheet" not in program.current().done

    right = client.post("/key-sheet/", {"confirm": "confirm"} | lines)
    assert right.status_code == 302
    assert "key_sheet" in program.current().done
    assert "Somebody last did so" in client.get("/key-sheet/").content.decode()


@pytest.mark.django_db
def test_each_step_of_the_first_days_ticks_itself_when_it_is_so(client, director):
    def done():
        with as_role(APP), acting_as(Actor.of(director)):
            return [step.name for step in first_days.steps() if step.done]

    assert done() == []
    AuthenticatorAppFactory(user=director)
    AuthenticatorAppFactory(user=UserFactory(admin=True))
    TeamFactory()
    client.post("/settings/promises/", PROMISES)
    client.post("/settings/days-off/", {"closures": ""})
    assert done() == ["Two people who can let others in", "Promises", "Days off", "Teams"]
    supervisor = UserFactory(roles=["supervisor"])
    client.post("/team/on-call/", {"place_1": str(supervisor.pk)})
    assert done()[4:] == ["Your people", "Who is on call"]


@pytest.mark.django_db
def test_the_list_of_the_first_days_is_put_away_when_somebody_says_so(client, director):
    program.save(Program(done={"begun": "2026-01-01"}))
    assert "first days" in client.get("/today/").content.decode()

    client.post("/first-days/")

    assert "first days" not in client.get("/today/").content.decode()


@pytest.mark.django_db
def test_a_team_is_made_and_renamed(client, director):
    client.post("/people/teams/", {"name": "North"})
    pk = Team.objects.get(name="North").pk
    assert "North" in client.get("/people/teams/").content.decode()

    client.post(f"/people/teams/{pk}/", {"name": "East"})

    assert "East" in client.get("/people/teams/").content.decode()


@pytest.mark.django_db
def test_another_time_zone_counts_in_this_process_with_the_next_look(settings):
    before = settings.TIME_ZONE
    ProgramRow.objects.create(settings={"time_zone": "Pacific/Honolulu"})

    program.current()

    assert timezone.get_default_timezone_name() == "Pacific/Honolulu"
    settings.TIME_ZONE = before
    timezone.get_default_timezone.cache_clear()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "director"])
def test_the_first_days_lead_to_no_page_that_is_not_open_to_whoever_reads_them(client, role):
    client.force_login(UserFactory(roles=[role]))

    answer = client.get("/first-days/")
    links = [step.url for step in answer.context["steps"] if step.is_open]

    assert {client.get(url.partition("#")[0]).status_code for url in links} <= {200, 302}
    assert len(links) == (9 if role == "admin" else 7)
    page = answer.content.decode()
    assert page.count("The system admin does this") == (0 if role == "admin" else 2)
    closed = [step.url for step in answer.context["steps"] if not step.is_open]
    assert not [url for url in closed if f'href="{url}"' in page.partition("<main")[2]]
