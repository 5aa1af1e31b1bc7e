"""The sealed file of a backup opens with its key and untouched, or not at all."""

import random

import pytest

from mlmc.core.keys.sealing import PART, CannotRead, Opening, Sealing
from tests.backups import OTHER, RING


def sealed(path, *parts):
    with path.open("wb") as file:
        writing = Sealing(file, RING)
        for part in parts:
            writing.write(part)
        writing.finish()
    return path


def opened(path, ring=RING):
    with path.open("rb") as file:
        return Opening(file, ring).readall()


def test_what_was_sealed_opens_and_no_word_of_it_stands_in_the_file(tmp_path):
    path = sealed(tmp_path / "one", b"noodles " * 10, b"and rice")

    assert opened(path) == b"noodles " * 10 + b"and rice"
    assert b"noodles" not in path.read_bytes()


def test_nothing_at_all_and_more_than_one_part_open_as_well(tmp_path):
    much = random.Random(7).randbytes(3 * PART)  # does not squeeze

    assert opened(sealed(tmp_path / "none")) == b""
    assert opened(sealed(tmp_path / "much", much)) == much


def harmed(path, how):
    whole = path.read_bytes()
    size = PART + 16
    head = len(whole) - (len(whole) - 31)
    parts = [whole[start : start + size] for start in range(head, len(whole), size)]
    return {
        "one byte": whole[:-5] + bytes([whole[-5] ^ 1]) + whole[-4:],
        "cut short": whole[: head + 2 * size],
        "cut in a part": whole[:-100],
        "a part dropped": whole[:head] + b"".join(parts[1:]),
        "two parts swapped": whole[:head] + b"".join([parts[1], parts[0], *parts[2:]]),
        "a part doubled": whole[:head] + b"".join([parts[0], *parts]),
        "something behind": whole + b"more",
        "another beginning": b"x" + whole[1:],
        "nothing": b"",
        "another number": whole[:14] + bytes([9]) + whole[15:],
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "one byte",
        "cut short",
        "cut in a part",
        "a part dropped",
        "two parts swapped",
        "a part doubled",
        "something behind",
        "another beginning",
        "nothing",
        "another number",
    ],
)
def test_a_file_that_was_touched_does_not_open(tmp_path, how):
    path = sealed(tmp_path / "one", random.Random(7).randbytes(3 * PART))
    path.write_bytes(harmed(path, how))

    with pytest.raises(CannotRead):
        opened(path)


def test_another_key_opens_nothing_and_no_key_stands_in_the_sentence(tmp_path):
    path = sealed(tmp_path / "one", b"noodles")

    with pytest.raises(CannotRead, match="Key 1 does not open this backup") as problem:
        opened(path, OTHER)

    assert "xxx" not in str(problem.value)
