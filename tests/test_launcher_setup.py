"""From a bare Python to a program that can start, and no second time what was done once."""

import os
import subprocess
import sys

import pytest

from mlmc.launcher import setup
from mlmc.launcher.checkout import ROOT, Stop, free_port, port_is_free


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


def test_set_up_needs_nothing_but_the_standard_library():
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import mlmc.launcher.__main__"

    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_what_was_done_is_done_again_only_when_what_it_was_made_from_has_changed(tmp_path, var):
    source = tmp_path / "requirements.txt"
    source.write_text("one")
    setup.make_var(var)
    setup.stamp("requirements", setup.digest(setup.identity(source)), var=var)

    assert setup.stamped("requirements", setup.digest(setup.identity(source)), var=var)
    source.write_text("another")
    assert not setup.stamped("requirements", setup.digest(setup.identity(source)), var=var)
    assert not setup.stamped("static", setup.digest(setup.identity(source)), var=var)


def test_static_files_are_collected_once(var):
    manifest = setup.collect_static(var, python=sys.executable) / "staticfiles.json"
    made = manifest.stat().st_mtime_ns

    setup.collect_static(var, python=sys.executable)

    assert manifest.stat().st_mtime_ns == made


def test_collecting_static_files_leaves_no_keys_behind(var):
    setup.collect_static(var, python=sys.executable)

    assert sorted(path.name for path in var.iterdir()) == ["log", "stamps", "static"]


def test_the_front_end_packages_of_the_lock_file_are_there():
    assert setup.front_end_is_there()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Temporary failure in name resolution", "check the network and start again"),
        ("npm error code ENOTFOUND", "check the network and start again"),
        ("No matching distribution found for left==1", "setup.log says"),
    ],
)
def test_a_failed_step_says_what_to_do(var, said, sentence):
    command = [sys.executable, "-c", f"print({said!r}); raise SystemExit(1)"]

    with pytest.raises(Stop, match=sentence):
        setup.do(command, sorry="It failed.", var=var)


def test_a_python_that_is_too_old_gets_a_sentence():
    code = f"import sys; sys.version_info = (3, 9, 2); sys.path.insert(0, {str(ROOT)!r}); import mlmc.launcher"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.strip().startswith("This needs Python 3.11 or newer, and this is 3.9.")


def test_an_unknown_word_is_answered_with_the_known_ones():
    done = subprocess.run(
        [sys.executable, "-m", "mlmc.launcher", "rum"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "run`, or start, restore, test, set-up" in done.stderr


def test_a_free_port_lies_below_those_the_system_gives_to_clients():
    port = free_port()

    assert 20000 <= port < 32000
    assert port_is_free(port)
