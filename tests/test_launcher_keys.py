"""The demo's keys are made once and read by their owner only."""

import json
import stat

import pytest

from mlmc.launcher.checkout import Stop
from mlmc.launcher.keys import kept_keys


def test_keys_are_made_once_and_kept_in_a_file_only_its_owner_reads(tmp_path):
    first = kept_keys(tmp_path)

    assert kept_keys(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets"]
    assert len(set(first.values())) == len(first)


def test_a_file_that_others_can_read_is_refused(tmp_path):
    kept_keys(tmp_path)
    (tmp_path / "secrets").chmod(0o644)

    with pytest.raises(Stop, match="can be read by others"):
        kept_keys(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", json.dumps({"mlmc_app": "x"}).encode()])
def test_a_damaged_file_is_named_and_never_replaced(tmp_path, damage):
    kept_keys(tmp_path)
    (tmp_path / "secrets").write_bytes(damage)

    with pytest.raises(Stop, match="is damaged"):
        kept_keys(tmp_path)

    assert (tmp_path / "secrets").read_bytes() == damage
