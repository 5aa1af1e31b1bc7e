"""Keys on paper come back as they were, and a slip of the pen is told."""

import base64
import stat
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from mlmc.core.door.recovery import recovery_words
from mlmc.core.keys import proof
from mlmc.core.keys.ring import read_ring
from mlmc.core.keys.sheet import Line, WrongLine, sheet, typed_back
from mlmc.launcher.checkout import ROOT
from tests import cluster

RING = {2: b"2" * 32, 1: bytes(range(32))}


def lines(ring=RING, index="an index key — with a dash, and forty-one letters"):
    return [line for some in sheet(ring, index).values() for line in some]


@given(
    st.dictionaries(st.integers(1, 255), st.binary(min_size=32, max_size=32), min_size=1, max_size=4),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=32, max_size=80),
)
def test_whatever_the_keys_are_they_come_back_from_paper(ring, index):
    back = typed_back([Line.read(str(line)) for line in lines(ring, index)])

    assert (list(read_ring(back["MLMC_DATA_KEYS"]).items()), back["MLMC_INDEX_KEY"]) == (list(ring.items()), index)


@pytest.mark.parametrize("how", [str.lower, lambda line: line.replace(" ", "  "), lambda line: f"  {line}  "])
def test_a_line_is_read_however_it_is_typed(how):
    assert [Line.read(how(str(line))) for line in lines()] == lines()


@given(st.data())
def test_one_wrong_letter_is_told(data):
    line = data.draw(st.sampled_from(lines()))
    typed = str(line)
    start = typed.index(line.groups[0])
    place = data.draw(st.sampled_from([n for n in range(start, len(typed)) if typed[n] != " "]))
    other = data.draw(st.sampled_from([c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if c != typed[place]]))

    with pytest.raises(WrongLine, match="There is a slip in"):
        Line.read(typed[:place] + other + typed[place + 1 :])


def test_the_right_letters_in_another_lines_place_are_told():
    one, two = lines()[:2]

    with pytest.raises(WrongLine, match="There is a slip in D2 1/4"):
        Line.read(str(two).replace(two.head, one.head))


def test_a_missing_line_and_no_line_at_all_are_told():
    with pytest.raises(WrongLine, match="D2 2/4 is missing"):
        typed_back([line for line in lines() if line.head != "D2 2/4"])
    for typed in ("hello", "D2 1/4", "D2 ABCD EFGH IJKL MNOP QRST", "/"):
        with pytest.raises(WrongLine):
            Line.read(typed)


def test_recovery_words_are_six_groups_that_hang_on_the_index_key(settings):
    first = recovery_words()
    settings.MLMC_INDEX_KEY = "another index key for this test, long enough"

    assert [len(word) for word in first.split()] == [4] * 6
    assert set(first) <= set("abcdefghjkmnpqrstuvwxyz ")
    assert recovery_words() != first


@pytest.mark.django_db
def test_the_sheet_on_a_terminal_and_the_one_to_print_hold_every_line(tmp_path, capsys):
    ours = sheet(read_ring(django_settings.MLMC_DATA_KEYS), django_settings.MLMC_INDEX_KEY)
    path = tmp_path / "sheet.html"

    call_command("key_sheet")
    shown = capsys.readouterr().out
    call_command("key_sheet", out=str(path))

    page = path.read_text()
    for line in (line for some in ours.values() for line in some):
        assert str(line) in shown
        assert f"<td>{'  '.join(line.groups)}</td>" in page
        assert f'<td class="check">{line.check}</td>' in page
    for words in (recovery_words(), "manage.py key_sheet --restore"):
        assert words in shown
        assert words in page
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="nothing is written over"):
        call_command("key_sheet", out=str(path))


@pytest.mark.django_db
def test_no_sheet_is_made_of_keys_that_are_not_those_of_the_database(settings):
    proof.check()
    settings.MLMC_DATA_KEYS = "1:" + base64.b64encode(b"9" * 32).decode()

    with pytest.raises(CommandError, match="is not the key this database was sealed with"):
        call_command("key_sheet")


def typing(words, *typed):
    """A real command, with somebody at its keyboard."""
    done = subprocess.run(
        [sys.executable, "manage.py", "key_sheet", *words],
        env=cluster.program(cluster.DATABASE),
        cwd=ROOT,
        input="\n".join(typed) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def test_typing_lines_back_tells_whether_they_are_right(django_db_setup):
    ours = [str(line) for some in sheet(read_ring(django_settings.MLMC_DATA_KEYS), "x" * 40).values() for line in some]
    slip = ours[0][:-1] + ("A" if ours[0][-1] != "A" else "B")

    said = typing(["--check"], ours[0], slip, ours[-1], "")

    assert "D1 1/4: Right." in said
    assert "There is a slip in D1 1/4" in said
    assert "Typed without a slip, but it is not a key of this program." in said


def test_typing_every_line_back_gives_the_settings(django_db_setup):
    found = sheet(read_ring(django_settings.MLMC_DATA_KEYS), django_settings.MLMC_INDEX_KEY)

    said = typing(["--restore"], *(str(line) for some in found.values() for line in some))

    assert f"MLMC_DATA_KEYS={django_settings.MLMC_DATA_KEYS}\n" in said
    assert f"MLMC_INDEX_KEY={django_settings.MLMC_INDEX_KEY}\n" in said
