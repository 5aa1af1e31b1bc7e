"""A backup is chosen or sent, its sheet is typed, and what is wrong is said before anything stops."""

import base64
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mlmc.backup import content
from mlmc.backup.tray import Busy, Tray
from mlmc.core.keys.ring import read_ring
from mlmc.core.models import User
from tests.factories import UserFactory
from tests.founding import FIRST
from tests.restoring import BACKUP, FIRST_PAGE, INDEX, NAME, RING, WAIT, chosen, said, sealed, typed

pytestmark = pytest.mark.django_db


def settings_of(ring=RING, index=INDEX):
    keys = ",".join(f"{number}:{base64.b64encode(key).decode()}" for number, key in ring.items())
    return {"MLMC_DATA_KEYS": keys, "MLMC_INDEX_KEY": index}


def a_slip_in(line):
    return line[:-1] + ("A" if line[-1] != "A" else "B")


def beside(page, field):
    """What stands about one field: its label, help, control and what to mend."""
    return page.partition(f'id="div_id_{field}"')[2].partition('id="div_id_')[0]


def test_a_backup_and_its_sheet_are_laid_down_for_the_launcher(inside, place):
    path = sealed(place / "backups" / NAME)
    page = said(inside.get(BACKUP))
    assert "May 14, 2026" in page
    assert "1 kB" in page

    answer = inside.post(BACKUP, chosen(["", *typed(), " "]))

    assert (answer.status_code, answer["Location"]) == (302, WAIT)
    tray = Tray(place)
    assert tray.folder.stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in tray.folder.iterdir()} == {0o600}
    assert "Keep this page open" in said(inside.get(WAIT))
    assert inside.get(BACKUP)["Location"] == inside.get("/set-up/")["Location"] == WAIT
    assert inside.post("/set-up/", FIRST)["Location"] == WAIT
    assert User.objects.count() == 0
    with pytest.raises(Busy):
        tray.ask(path, {})
    assert tray.take() == {"file": str(path), "keys": settings_of()}
    assert [one.name for one in tray.folder.iterdir()] == ["taken"]
    with pytest.raises(Busy):
        tray.ask(path, {})


def test_on_the_machine_that_made_it_nothing_is_typed(inside, place, settings):
    path = sealed(place / "backups" / "of may.sealed", read_ring(settings.MLMC_DATA_KEYS))

    assert inside.post(BACKUP, chosen([], "here/of may.sealed")).status_code == 302
    assert Tray(place).take() == {"file": str(path), "keys": {}}


def test_a_file_that_is_sent_lies_on_the_disk_and_waits_for_its_sheet(inside, place):
    whole = sealed(place / "elsewhere").read_bytes()
    file = SimpleUploadedFile("../../my own.txt", whole)
    lines = typed()

    wrong = inside.post(BACKUP, {"file": file, "lines": "\n".join(lines[:-1])})
    assert "X 5/5 is missing." in said(wrong)
    assert "The file you sent, 1 kB" in said(wrong)
    assert Tray(place).sent.read_bytes() == whole
    assert inside.post(BACKUP, chosen(lines, "sent")).status_code == 302

    assert Tray(place).take()["file"] == str(Tray(place).sent)
    assert sorted(one.name for one in Tray(place).folder.iterdir()) == ["sent.sealed", "taken"]
    assert Tray(place).sent.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (lambda all_: [*all_[:2], a_slip_in(all_[2]), *all_[3:]], "Line 3: There is a slip in D2 3/4"),
        (lambda all_: [all_[0], "noodles", *all_[1:]], "Line 2: This is no line of a key sheet."),
        (lambda all_: all_[1:], "D2 1/4 is missing."),
        (lambda all_: all_[:8], "The sheet has more lines"),
        (lambda all_: all_[8:], "The sheet has more lines"),
        (lambda all_: [*typed({7: b"7" * 32}), ""], "sealed with data key 2, and no line of D2 is among these."),
        (lambda all_: typed({2: b"x" * 32}), "Data key 2 of these lines does not open this backup."),
        (lambda all_: [], "The keys of this machine do not open this backup. Type the lines"),
        (lambda all_: typed({2: b"short"}), "These lines make no key."),
        (lambda all_: typed(index="short"), "These lines make no key."),
        (lambda all_: typed(index="x" * 40 + "\x00"), "These lines make no key."),
        (lambda all_: typed({999: b"2" * 32}), "These lines make no key."),
    ],
)
def test_what_is_wrong_with_the_sheet_is_said_beside_it_and_nothing_is_laid_down(inside, place, lines, sentence):
    sealed(place / "backups" / NAME)

    answer = inside.post(BACKUP, chosen(lines(typed())))

    assert answer.status_code == 200
    assert sentence in said(answer)
    assert not Tray(place).folder.exists()


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (lambda whole: b"noodles", "is no backup of this program, or its beginning is damaged"),
        (lambda whole: b"", "This file is empty."),
        (lambda whole: whole[:40], "This file is cut short: there is nothing behind its beginning."),
        (lambda whole: whole[:-3], "The key is right, but the file is cut short or damaged."),
        (lambda whole: whole[:-3] + b"xyz", "The key is right, but the file is cut short or damaged."),
    ],
)
@pytest.mark.parametrize("many", [1, 40_000], ids=["small", "large"])
def test_a_damaged_file_is_told_at_once_and_beside_the_file(inside, place, how, sentence, many):
    path = sealed(place / "backups" / NAME, about={"format": content.FORMAT, "noise": os.urandom(many).hex()})
    path.write_bytes(how(path.read_bytes()))

    page = said(inside.post(BACKUP, chosen(typed())))

    assert sentence in beside(page, "backup")
    assert "invalid-feedback" not in beside(page, "lines")
    assert not Tray(place).is_busy


WRONG = {
    "empty": (b"", "This file is empty."),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(4000), "This file is no backup of this program"),
    "another program's archive": (b"PK\x03\x04" + bytes(4000), "This file is no backup of this program"),
    "a dump in plain words": (b"-- PostgreSQL database dump\n" * 90, "This file is no backup of this program"),
    "cut off": (None, "This file is cut short"),
}


@pytest.mark.parametrize("lines", ["none", "noodles", "right"])
@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_backup_is_refused_when_it_is_sent_whatever_was_typed_and_nothing_of_it_is_kept(
    inside, place, what, lines
):
    bytes_, sentence = WRONG[what]
    file = SimpleUploadedFile("one.sealed", sealed(place / "one").read_bytes()[:40] if bytes_ is None else bytes_)
    words = {"none": "", "noodles": "noodles", "right": "\n".join(typed())}[lines]

    page = said(inside.post(BACKUP, {"file": file, "lines": words}))

    assert sentence in beside(page, "file")
    assert "Choose the file" not in page
    assert "The file you sent" not in page
    assert list(Tray(place).folder.glob("*")) == []


def test_a_wrong_file_does_not_take_the_place_of_the_right_one_that_was_sent_before(inside, place):
    whole = sealed(place / "elsewhere").read_bytes()
    inside.post(BACKUP, {"file": SimpleUploadedFile("one.sealed", whole), "lines": ""})

    page = said(inside.post(BACKUP, {"file": SimpleUploadedFile("cat.png", b"\x89PNG" * 90), "lines": ""}))

    assert "is no backup of this program" in beside(page, "file")
    assert Tray(place).sent.read_bytes() == whole


def test_what_lies_among_the_backups_and_is_none_is_told_before_a_sheet_is_typed(inside, place):
    (place / "backups" / NAME).write_bytes(b"noodles")

    assert "is no backup of this program" in beside(said(inside.post(BACKUP, chosen(["noodles"]))), "backup")


def test_of_a_large_backup_that_was_cut_within_its_first_megabyte_the_sheet_is_not_blamed(inside, place):
    about = {"format": content.FORMAT, "noise": os.urandom(2_000_000).hex()}
    path = sealed(place / "backups" / NAME, about=about)
    path.write_bytes(path.read_bytes()[:300_000])

    assert "The key is right, but" in beside(said(inside.post(BACKUP, chosen(typed()))), "backup")
    other = said(inside.post(BACKUP, chosen(typed({2: b"x" * 32}))))
    assert "It is another sheet, or the file is damaged." in beside(other, "lines")
    assert "invalid-feedback" not in beside(other, "backup")


def test_the_lines_are_optional_only_where_the_keys_that_are_here_open_what_is_chosen(inside, place, settings):
    optional = "(optional)"
    assert optional not in beside(said(inside.get(BACKUP)), "lines")
    sealed(place / "backups" / NAME)
    assert optional not in beside(said(inside.get(BACKUP)), "lines")

    sealed(place / "backups" / NAME, read_ring(settings.MLMC_DATA_KEYS))

    assert optional in beside(said(inside.get(BACKUP)), "lines")


def test_what_was_sent_is_not_said_to_have_lain_here(inside, place):
    sent = {"file": SimpleUploadedFile("one.sealed", sealed(place / "elsewhere").read_bytes()), "lines": ""}

    page = said(inside.post(BACKUP, sent))

    assert "Your file is here." in page
    assert "on this machine" not in page.partition("<form")[0]
    sealed(place / "backups" / NAME)
    assert "The others lay on this machine before." in said(inside.get(BACKUP))


def test_a_backup_of_another_program_version_is_told_at_once(inside, place):
    sealed(place / "backups" / NAME, about={"format": 99})

    assert "made by another version" in said(inside.post(BACKUP, chosen(typed())))


@pytest.mark.parametrize("key", ["", "here/../secret.sealed", "/etc/passwd", "here/linked.sealed", "copy/x", "sent"])
def test_only_a_backup_of_the_list_can_be_chosen(inside, place, key):
    sealed(place / "backups" / NAME)
    (place / "backups" / "linked.sealed").symlink_to(sealed(place / "secret.sealed"))

    answer = inside.post(BACKUP, chosen(typed(), key))

    assert answer.status_code == 200
    assert "Choose" in said(answer)
    assert not Tray(place).folder.exists()


def test_where_none_lies_one_is_sent(inside, place):
    assert "Choose the file of your backup." in said(inside.post(BACKUP, chosen(typed(), "")))


def test_what_did_not_work_is_said_and_tried_again(inside, place):
    Tray(place).give_up("This backup is cut short.")

    page = said(inside.get(WAIT))
    assert "This backup is cut short." in page
    assert "as empty as before" in page
    sealed(place / "backups" / NAME)
    assert inside.post(BACKUP, chosen(typed())).status_code == 302

    assert "Keep this page open" in said(inside.get(WAIT))


def test_when_it_is_done_whoever_waits_is_led_to_the_sign_in(place, settings, client):
    UserFactory()
    settings.MLMC_RESTORE_PAGE, settings.MLMC_SETUP_CODE = "done", ""

    page = said(client.get(WAIT))

    assert "Everything is back" in page
    assert 'href="/sign-in/"' in page
    assert client.get(FIRST_PAGE).status_code == client.get(BACKUP).status_code == 404


def test_what_did_not_work_leaves_nothing_but_why(place):
    tray = Tray(place)
    tray.ask("one.sealed", {"MLMC_INDEX_KEY": "typed"})
    (tray.make() / "tmpdraft").write_text("typed")  # of somebody who was killed half-way

    tray.give_up("This backup is cut short.")

    assert [one.name for one in tray.folder.iterdir()] == ["problem"]


def test_one_that_is_taken_while_another_is_laid_down_is_the_only_one(place, monkeypatch):
    tray, link = Tray(place), os.link

    def taken_first(*words):
        tray.make().joinpath("taken").touch()
        link(*words)

    monkeypatch.setattr("mlmc.backup.tray.os.link", taken_first)
    with pytest.raises(Busy):
        tray.ask("two.sealed", {"MLMC_INDEX_KEY": "typed"})

    assert [one.name for one in tray.folder.iterdir()] == ["taken"]
