"""Everything as plain files: two people, one folder, nothing that opens the program."""

import csv
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mlmc.core import people
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import AuditEntry, ExitRequest, OutboxRow, User
from mlmc.core.postgres.roles import APP
from mlmc.plain_exit import asking, writing
from tests.conftest import StrictClient, as_role
from tests.factories import AuthenticatorAppFactory, MeetingFactory, UserFactory, YouthFactory

pytestmark = pytest.mark.django_db
WHY = {"why": "We move to another program."}


@pytest.fixture
def folder(settings, tmp_path):
    settings.VAR = tmp_path
    return writing.home()


def browser(**who):
    client = StrictClient()
    client.user = UserFactory(**who)
    client.force_login(client.user)
    return client


def answer(client, request, word="yes"):
    return client.post(f"/exit/{request.pk}/answer/", {word: word})


def test_one_asks_another_says_yes_and_both_acts_stand_in_the_trail():
    director, admin = browser(roles=["director"]), browser(admin=True)

    director.post("/exit/", WHY)
    request = ExitRequest.objects.get()
    answer(admin, request)

    request.refresh_from_db()
    assert (request.asked_by, request.answered_by, request.granted) == (director.user, admin.user, True)
    assert request.why == WHY["why"]
    assert list(AuditEntry.objects.filter(act="export").values_list("what", flat=True)) == ["plain_exit:exit_answer"]
    assert {row.recipient for row in OutboxRow.objects.all()} == {director.user, admin.user}


def test_nobody_says_yes_to_their_own_question_not_even_by_sql():
    director = browser(roles=["director", "admin"])
    director.post("/exit/", WHY)
    request = ExitRequest.objects.get()

    page = director.post(f"/exit/{request.pk}/answer/", {"yes": "yes"}, follow=True).content.decode()

    assert "Somebody else has to say yes or no to this." in page
    assert not ExitRequest.objects.get().granted
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitRequest.objects.update(answered_by=director.user)


def test_nobody_says_yes_as_somebody_whose_way_in_they_made():
    admin, director, now = UserFactory(admin=True), UserFactory(director=True), timezone.now()
    request = asking.ask("We move.", by=admin, at=now)
    token = people.new_link(director, by=admin, at=now)
    people.accept(people.invitation_for(token, at=now), password="a long and quiet phrase", at=now)

    with pytest.raises(asking.NotYours, match="less than a week ago"):
        asking.answer(request.pk, True, by=director, at=now)


@pytest.mark.parametrize("moment", ["three days later", "answered already", "whoever asked was switched off"])
def test_a_question_that_stands_no_more_cannot_be_answered(moment):
    asker, admin = UserFactory(roles=["director"]), UserFactory(admin=True)
    now = timezone.now()
    request = asking.ask("We move.", by=asker, at=now)
    if moment == "three days later":
        now += timedelta(days=3)
    elif moment == "answered already":
        asking.answer(request.pk, False, by=admin, at=now)
    else:
        User.objects.filter(pk=asker.pk).update(is_active=False)

    with pytest.raises(asking.NotYours):
        asking.answer(request.pk, True, by=UserFactory(admin=True), at=now)

    assert not ExitRequest.objects.get().granted


def granted():
    return ExitRequest.objects.create(
        asked_by=UserFactory(roles=["director"]),
        answered_by=UserFactory(admin=True),
        answered_at=timezone.now(),
        granted=True,
        why="We move.",
    )


def rows_of(folder, label):
    with open(folder / f"{label}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_row_is_written_opened_and_nothing_that_lets_anybody_in(folder):
    YouthFactory(chosen_name="=1+1 Róisín")
    meeting = MeetingFactory(words="we had noodles", topics=["home", "fun"])
    app = AuthenticatorAppFactory()
    request = granted()

    writing.write_granted(at=timezone.now())

    request.refresh_from_db()
    out = folder / request.folder
    assert request.written_at is not None
    assert request.rows == sum(
        model._base_manager.count() for model in writing.tables() if model._meta.label not in writing.LEFT_OUT
    )
    names = [row["chosen_name"] for row in rows_of(out, "cases.youth")]
    assert "'=1+1 Róisín" in names
    (row,) = rows_of(out, "mentors.meeting")
    assert (row["words"], row["topics"], row["mentorship_id"]) == (
        "we had noodles",
        '["home", "fun"]',
        str(meeting.mentorship_id),
    )
    everything = "".join(path.read_text() for path in out.iterdir())
    assert app.secret not in everything
    assert User.objects.first().password not in everything
    assert not (out / "core.session.csv").exists()
    assert {path.stat().st_mode & 0o077 for path in [out, *out.iterdir()]} == {0}


def test_the_dictionary_names_every_column_of_every_file(folder):
    request = granted()
    writing.write_granted(at=timezone.now())
    request.refresh_from_db()
    out = folder / request.folder

    with open(out / "DICTIONARY.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))[1:]
    found, current = {}, ""
    for line in lines:
        current = line[0] or current
        if not line[0]:
            found.setdefault(current, []).append(line[1])
    for path in out.glob("*.*.csv"):
        with open(path, newline="", encoding="utf-8") as file:
            assert found[path.name] == next(csv.reader(file))


def test_every_table_goes_out_or_is_left_out_with_a_reason():
    ours = {model._meta.label for model in apps.get_models() if not model.__module__.startswith("django.")}

    assert {model._meta.label for model in writing.tables()} == ours
    assert set(writing.LEFT_OUT) < ours


def test_it_is_written_once_and_begun_again_when_it_was_killed(folder):
    request = granted()
    (folder / "20260101T000000Z.part").mkdir(parents=True)

    writing.write_granted(at=timezone.now())
    writing.write_granted(at=timezone.now())

    request.refresh_from_db()
    assert [path.name for path in folder.iterdir() if path.suffix != ".part"] == [request.folder]


def test_a_full_disk_leaves_no_half_folder_and_is_said(folder, monkeypatch):
    request = granted()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_dictionary", full)
    writing.write_granted(at=timezone.now())

    request.refresh_from_db()
    assert (request.problem, request.written_at) == ("No space left on device", None)
    assert list(folder.iterdir()) == []


def test_a_table_is_read_some_rows_at_a_time(folder, monkeypatch):
    """The database holds the rest, and not our memory."""
    MeetingFactory()
    seen = []

    def counted(field, row, cell=writing.cell):
        if row._meta.label == "mentors.Meeting" and not seen:
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from pg_cursors where statement ilike '%mentors_meeting%'")
                seen.append(cursor.fetchone()[0])
        return cell(field, row)

    monkeypatch.setattr(writing, "cell", counted)
    writing.write(folder / "one")

    assert seen == [1]


def test_what_was_refused_or_not_answered_is_not_written(folder):
    asker = UserFactory(roles=["director"])
    request = asking.ask("We move.", by=asker, at=timezone.now())
    asking.answer(request.pk, False, by=UserFactory(admin=True), at=timezone.now())
    asking.ask("We move.", by=asker, at=timezone.now())

    writing.write_granted(at=timezone.now())

    assert not folder.exists()


def test_the_program_itself_would_write_only_what_its_person_sees(folder):
    MeetingFactory()
    director = UserFactory(roles=["director"])

    with as_role(APP), acting_as(Actor.of(director)):
        writing.write(folder / "one")

    assert rows_of(folder / "one", "mentors.meeting") == []
