"""The API's matrix: every address × method × key, as `tests/api_matrix.csv` says (G01); a stranger's thing is none
(G02); a name only where rights open it (G03); one line in the trail with everybody it showed (G60), and reading writes
nothing else (G58)."""

import json
import os
from collections import defaultdict
from dataclasses import dataclass

import pytest
from django.db import transaction

from mlmc.core.api import door
from mlmc.core.api.problems import TYPE
from mlmc.core.models import AuditEntry
from tests import cluster, matrix, world
from tests.api import Asks

WRITING = os.environ.get("MLMC_WRITE_MATRIX") == "1"
TAKES = dict(matrix.api_addresses())
MARK = "Zanzibelle"
READS_THE_NAME = {"mentor", "case_manager", "supervisor", "in_an_emergency"}
MADE = defaultdict(dict)


@dataclass
class Answer:
    status: int
    said: str
    lines: int
    cases: set


@pytest.fixture(scope="module")
def program(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        made = world.build(chosen_name=f"{MARK} Q.")
        keys = world.keys_for_all(made)
        clients = {name: Asks(keys.get(name, "no key of anybody here")) for name in matrix.ASKERS}
        yield made, clients
        cluster.clone(cluster.DATABASE)
    if WRITING and MADE:
        matrix.write(MADE, file=matrix.API_FILE, people=matrix.ASKERS)


def answered(client, method, path, **headers):
    with transaction.atomic():
        answer = client.ask(method, path, {} if method == "POST" else None, **headers)
        lines = list(AuditEntry.objects.all())
        transaction.set_rollback(True)
    door.guesses.wrong.clear()
    cases = {case for line in lines for case in line.cases}
    return Answer(answer.status_code, check(answer), len(lines), cases)


def check(answer):
    said = answer.content.decode()
    if answer.status_code >= 400:
        assert answer["Content-Type"] == TYPE, said
        assert set(json.loads(said)) >= {"type", "title", "status", "detail"}
    else:
        assert answer["Content-Type"] == "application/json"
    return said


def test_g01_every_address_of_the_api_has_its_rows():
    if WRITING:
        pytest.skip("the file is being written")
    assert sorted(matrix.read(matrix.API_FILE)) == sorted(matrix.rows(matrix.api_addresses))


@pytest.mark.parametrize("name", sorted(TAKES))
@pytest.mark.django_db
def test_g01_g02_g03_g58_g60_each_address_answers_each_key_as_the_matrix_says(program, name):
    made, clients = program
    expected = {} if WRITING else matrix.read(matrix.API_FILE)
    shown = {things["youth"].code: things["case"].pk for whose, things in made.things.items() if whose != "referrals"}
    shown[MARK] = made.things["mine"]["case"].pk

    for person in matrix.ASKERS:
        answers = {}
        for key in matrix.rows_of(name):
            path = matrix.path_of(name, TAKES[name], key[2], made)
            answers[key] = answer = answered(clients[person], key[1], path)
            where = f"{key[1]} {name} ({key[2]}) by {person}"
            if WRITING:
                MADE[key][person] = str(answer.status)
            else:
                assert str(answer.status) == expected[key][person], where
            assert answer.status < 500, where
            assert MARK not in answer.said or person in READS_THE_NAME, where
            assert answer.lines == 1, where
            if answer.status < 400:
                assert {case for words, case in shown.items() if words in answer.said} <= answer.cases, where
        for (_, method, whose), answer in answers.items():
            if answer.status == 404:
                assert answer.said == answers[name, method, "never"].said, f"{method} {name} ({whose}) by {person}"


@pytest.mark.parametrize("name", sorted(TAKES))
@pytest.mark.django_db
def test_g01_other_methods_are_refused(program, name):
    made, clients = program
    path = matrix.path_of(name, TAKES[name], "mine", made)
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        for person in ("nobody", "intake", "agency"):
            with transaction.atomic():
                answer = clients[person].ask(method, path)
                transaction.set_rollback(True)
            assert answer.status_code == 405, f"{method} by {person}"
