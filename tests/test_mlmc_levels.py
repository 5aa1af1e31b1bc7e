"""Every column has a level, and what can hurt somebody is sealed. G50."""

import csv
import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from mlmc.core.crypto import EncryptedTextField
from mlmc.levels import LEVELS, OPEN, P0, P1, P2, is_words, rows

MODELS = apps.get_models(include_auto_created=True)
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


def test_every_model_has_its_line_and_no_line_is_left_over():
    """G50: whoever adds a table says how much harm it can do."""
    assert sorted(LEVELS) == sorted(model._meta.label for model in MODELS)


@every_model
def test_words_have_a_level_of_their_own(model):
    """G50: what can hold what somebody said is never covered by a rest."""
    levels, columns = LEVELS[model._meta.label], {column.name: column for column in model._meta.local_concrete_fields}
    named = " ".join((levels.p0, levels.p1, levels.p2, levels.open)).split()

    assert len(named) == len(set(named)), "named twice"
    assert set(named) <= set(columns), "no such field"
    assert [name for name, column in columns.items() if is_words(column) and name not in named] == []
    assert {levels.rest, *levels.named().values()} <= {P0, P1, P2, OPEN}


@every_model
def test_words_that_can_hurt_somebody_are_sealed_or_it_is_said_why_not(model):
    """G50, G41: P0 and P1 words lie sealed, and nothing is sealed that is not P0 or P1."""
    levels = LEVELS[model._meta.label]
    for column in model._meta.local_concrete_fields:
        sealed = isinstance(column, EncryptedTextField)
        hurts = levels.of(column.name) in (P0, P1)
        if is_words(column):
            assert hurts == (sealed or bool(levels.why_plain(column.name))), column.name
        assert not (sealed and levels.why_plain(column.name)), column.name


def test_a_new_field_of_words_would_be_noticed():
    """The rule itself: words without a level, and plain words that hurt, are told apart from a coded choice."""
    assert is_words(models.TextField())
    assert is_words(models.JSONField())
    assert is_words(EncryptedTextField())
    assert not is_words(models.CharField(choices=[("a", "a")]))
    assert not is_words(models.DateField())


def test_the_data_map_has_a_line_for_every_column(capsys):
    call_command("data_map")

    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(lines) == len(list(rows())) == sum(len(model._meta.local_concrete_fields) for model in MODELS)
    by_name = {(line["model"], line["field"]): (line["level"], line["kept"]) for line in lines}
    assert by_name["cases.Youth", "chosen_name"] == ("P0", "sealed")
    assert by_name["cases.Youth", "code"] == ("P2", "plain")
    assert by_name["mentors.Meeting", "held_on"] == ("P1", "plain")
