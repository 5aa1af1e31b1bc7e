"""docs/SECURITY.md points at tests that are there."""

import re

from tests.test_architecture import ROOT

PAGE = (ROOT / "docs/SECURITY.md").read_text()


def test_every_test_it_names_is_there():
    for file, name in re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", PAGE):
        text = (ROOT / "tests" / file).read_text()
        assert not name or f"def {name}(" in text, f"{file}::{name}"


def test_it_is_four_pages_at_most():
    assert len(PAGE.split()) < 2200  # words of four printed pages
