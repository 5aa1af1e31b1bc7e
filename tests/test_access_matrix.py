"""The access matrix: every address × method × person as declared (G01), a stranger's thing is none (G02), a name only
where rights open it (G03), and one line in the trail for each request, with everybody it showed (G60)."""

import os
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import get_resolver
from django.utils import timezone

from cases.models import Emergency
from mlmc.core.models import AuditEntry, Session
from tests import cluster, matrix, world
from tests.conftest import StrictClient

WRITING = os.environ.get("MLMC_WRITE_MATRIX") == "1"
TAKES = dict(matrix.addresses())
MARK = "Zanzibelle"
READS_THE_NAME = {"mentor", "case_manager", "supervisor", "in_an_emergency"}
# Pages that need no sign-in, and why
OPEN_TO_ALL = {
    "core:sign_in": "nobody is signed in yet",
    "core:sign_in_code": "the right password was given, and nobody is signed in yet",
    "core:passkey_begin": "a passkey is asked for before anybody is known",
    "core:passkey_sign_in": "the passkey is the proof",
    "core:join": "the link is the proof",
    "office:set_up": "nobody is here yet; afterwards there is no such page",
    "office:restore": "as set_up",
    "office:restore_backup": "as set_up, after the code from the terminal",
    "office:restore_wait": "as restore_backup; when a backup has come back, nobody has a session",
    "alive": "a watching machine has no account, and learns one word",
    "ready": "a watching machine has no account, and learns one word",
    "policy_report": "a browser sends it by itself, also from a youth's phone",
    "cases:refer": "agencies have no account here",
    "outcomes:survey": "the link is the secret",
    "outcomes:survey_question": "the link is the secret",
    "outcomes:survey_stop": "the link is the secret",
    "outcomes:no_survey": "it shows nothing",
}
MADE = defaultdict(dict)  # what was found, when the file is written anew


@dataclass
class Answer:
    status: int
    page: str
    alike: str  # without what differs each time
    lines: int  # in the trail
    cases: set  # whose records the trail says were shown


@pytest.fixture(scope="module")
def program(django_db_setup, django_db_blocker):
    """The world and a signed-in client for each of its people, committed; each test takes back what it does."""
    with django_db_blocker.unblock():
        made = world.build(chosen_name=f"{MARK} Q.")
        made.things["mine"]["emergency"] = Emergency.objects.get()
        clients = {"nobody": StrictClient(raise_request_exception=False)}
        for name, person in made.people.items():
            clients[name] = StrictClient(raise_request_exception=False)
            clients[name].force_login(person)
        later = timezone.now() + timedelta(hours=1)  # however long the walk takes
        Session.objects.update(factor_at=later, last_seen_at=later)
        yield made, clients
        cluster.clone(cluster.DATABASE)
    if WRITING and MADE:
        matrix.write(MADE)


def answered(client, method, path):
    """One request, and what it left in the trail; then taken back, so that it changes no other's answer."""
    with taken_back(client):
        response = matrix.ask(client, method, path)
        lines = list(AuditEntry.objects.all())
        cases = {case for line in lines for case in line.cases}
        page = response.content.decode()
    return Answer(response.status_code, page, matrix.comparable(page), len(lines), cases)


@contextmanager
def taken_back(client):
    cookies = dict(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies.clear()  # signing out took them away
    client.cookies.update(cookies)


def test_g01_every_address_has_its_rows_and_no_row_has_outlived_its_address():
    if WRITING:
        pytest.skip("the file is being written")
    assert sorted(matrix.read()) == sorted(matrix.rows())


@pytest.mark.parametrize("name", sorted(TAKES))
@pytest.mark.django_db
def test_g01_g02_g03_g60_each_address_answers_each_person_as_the_matrix_says(program, name):
    made, clients = program
    expected = matrix.read() if not WRITING else {}
    shown = {things["youth"].code: things["case"].pk for whose, things in made.things.items() if whose != "referrals"}
    shown[MARK] = made.things["mine"]["case"].pk

    for person in matrix.PEOPLE:
        answers = {}
        for key in matrix.rows_of(name):
            path = matrix.path_of(name, TAKES[name], key[2], made)
            answers[key] = answer = answered(clients[person], key[1], path)
            where = f"{key[1]} {name} ({key[2]}) by {person}"
            if WRITING:
                MADE[key][person] = str(answer.status)
            else:
                assert str(answer.status) == expected[key][person], where
            assert MARK not in answer.page or person in READS_THE_NAME, where
            if person != "nobody" and name not in OPEN_TO_ALL:
                assert answer.lines == 1, where
                assert {case for words, case in shown.items() if words in answer.page} <= answer.cases, where
        strangers_are_nobody(answers, person)


def strangers_are_nobody(answers, person):
    for (name, method, whose), answer in answers.items():
        if answer.status == 404 and whose in ("mine", "another's", "waiting"):
            never = answers[name, method, "never"]
            assert (never.status, never.alike) == (404, answer.alike), f"{method} {name} ({whose}) by {person}"


@pytest.mark.parametrize("name", sorted(TAKES))
@pytest.mark.django_db
def test_g01_other_methods_are_refused(program, name):
    """Once per address; `make test-all` asks as everybody, for everything."""
    made, clients = program
    whole = os.environ.get("MLMC_WHOLE") == "1"
    people = matrix.PEOPLE if whole else ("nobody", "mentor", "director")
    things = sorted({whose for _, _, whose in matrix.rows_of(name)}) if whole else ["mine"]
    for path in {matrix.path_of(name, TAKES[name], whose, made) for whose in things}:
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            for person in people:
                with taken_back(clients[person]):
                    assert clients[person].generic(method, path).status_code == 405, f"{method} by {person}"


def test_g01_a_sign_in_is_needed_everywhere_but_where_it_is_said():
    found = {name for name, view in named_views() if not getattr(view, "login_required", True)}

    assert {name for name in found if not name.startswith(matrix.API)} == set(OPEN_TO_ALL)  # there a key is asked for


def named_views(resolver=None, space=""):
    for part in (resolver or get_resolver()).url_patterns:
        if hasattr(part, "url_patterns"):
            yield from named_views(part, f"{space}{part.namespace}:" if part.namespace else space)
        else:
            yield f"{space}{part.name}", part.callback
