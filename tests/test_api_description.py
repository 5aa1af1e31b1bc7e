"""What the API says of itself is true: OpenAPI 3.1 without a warning, examples that run, and answers as described
whatever is sent (schemathesis)."""

import json
import re
import uuid
from datetime import timedelta
from itertools import count

import pytest
import requests
import schemathesis
from django.db import transaction
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mlmc.api import description
from mlmc.core.api import door
from tests import cluster, world
from tests.api import Asks
from tests.conftest import StrictClient
from tests.factories import (
    AgencyProgramFactory,
    CaseFactory,
    FollowUpFactory,
    IntegrationFactory,
    MentorFactory,
    UserFactory,
)

SCHEMA = description.schema()
OPERATIONS = [
    (method, path, said)
    for path, methods in SCHEMA["paths"].items()
    for method, said in methods.items()
    if method in description.METHODS
]
each_operation = pytest.mark.parametrize(
    ("method", "path", "said"), OPERATIONS, ids=[said["operationId"] for *_, said in OPERATIONS]
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Whose key an example is sent with, and about whose things.
BY = {
    "index": ("intake", "mine"),
    "sent": ("agency", "mine"),
    "referrals": ("intake", "waiting"),
    "mentorships": ("mentor", "mine"),
    "meetings": ("mentor", "mine"),
    "concerns": ("supervisor", "mine"),
    "matches": ("assessment", "waiting"),
    "follow_ups": ("evaluation", "mine"),
    "answers": ("evaluation", "mine"),
    "cases": ("case_manager", "mine"),
    "mentors": ("director", "mine"),
    "outcomes": ("director", "mine"),
}
THING = {"sent": "sent", "referrals": "referral", "mentorships": "mentorship", "meetings": "meeting"} | {
    "concerns": "concern",
    "matches": "match",
    "follow_ups": "follow_up",
    "cases": "case",
}


@pytest.fixture(scope="module")
def program(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        made = world.build()
        keys = world.keys_for_all(made)
        yield made, {name: Asks(key) for name, key in keys.items()}
        cluster.clone(cluster.DATABASE)


@pytest.fixture(autouse=True)
def at_any_pace(monkeypatch):
    monkeypatch.setattr(door, "PER_MINUTE", 10_000)
    monkeypatch.setattr("mlmc.core.harvest.STAFF", 10_000)
    monkeypatch.setattr("mlmc.core.harvest.MENTOR", 10_000)
    monkeypatch.setattr("cases.links.LOOKS", 10_000)
    monkeypatch.setattr("cases.api.referrals.PER_HOUR", 10_000)
    yield
    door.guesses.wrong.clear()


def test_it_is_openapi_3_1_and_was_written_without_a_warning():
    assert SCHEMA["openapi"] == "3.1.0"
    validate_schema(SCHEMA)
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


@each_operation
def test_every_address_says_in_words_what_it_does_and_what_may_go_wrong(method, path, said):
    assert len(said["description"]) > 5
    assert {"401", "403", "429"} <= set(said["responses"])
    for code, answer in said["responses"].items():
        kinds = set(answer["content"])
        assert kinds == {"application/problem+json" if int(code) >= 400 else "application/json"}, code


def test_whoever_has_a_key_reads_it_and_nobody_else(program):
    _, clients = program

    assert clients["agency"].read("/api/v1/openapi.json").json() == json.loads(json.dumps(SCHEMA, default=str))
    assert Asks("no key of anybody").read("/api/v1/openapi.json").status_code == 401


@pytest.mark.django_db
def test_the_page_about_it_names_every_address_and_runs_no_script():
    client = StrictClient()
    client.force_login(UserFactory(admin=True))

    page = client.get("/programs/docs/").content.decode()

    for _, path, _ in OPERATIONS:
        assert path in page.replace("&#123;", "{")
    assert set(re.findall(r'(?:src|href)="(https?:|//)', page)) == set()
    assert "`" not in page
    assert "from its <code>next</code>." in page
    for _, _, title in description.problems():
        assert page.count(title) == 1, title  # not once for each address
    for word in ("no-key", "changed", "too-many"):
        assert f'id="problem-{word}"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        (["agency"], {"agency/referrals": ["read", "write"]}),
        (["cases:read", "referrals:read", "referrals:write"], {"cases": ["read"], "referrals": ["read", "write"]}),
    ],
)
def test_the_first_address_names_each_thing_where_it_is_and_what_this_key_may_do(scopes, may):
    user = AgencyProgramFactory().user if scopes == ["agency"] else UserFactory(intake=True)
    IntegrationFactory(user=user, roles=user.roles, scopes=scopes, key="a key that looks around")
    client = Asks("a key that looks around")

    said = client.read("/api/v1/").json()

    found = {one["address"].removeprefix("http://testserver/api/v1/").rstrip("/"): one for one in said["things"]}
    assert set(found) == {path.removeprefix("/api/v1/").rstrip("/") for path in SCHEMA["paths"] if is_first(path)}
    assert {path: one["may"] for path, one in found.items() if one["may"]} == may
    for path in may:
        assert client.read(found[path]["address"]).status_code == 200
    assert client.read(said["description"]).status_code == 200
    assert said["pages"] == "http://testserver/programs/docs/"
    refused = Asks("no key of anybody").read("/api/v1/").json()
    assert {name: refused[name] for name in ("type", "status", "title")} in said["problems"]


def is_first(path):
    """The address of a thing itself, with nothing behind it."""
    parts = path.removeprefix("/api/v1/").strip("/").split("/")
    return parts[0] and (len(parts) == 1 or parts == ["agency", "referrals"])


def things_of(operation, made):
    thing = max((one for one in BY if operation.startswith(one)), key=len)
    person, whose = BY[thing]
    found = made.things[whose].get(THING.get(thing, ""))
    return person, found


@each_operation
@pytest.mark.django_db
def test_every_example_runs(program, method, path, said):
    made, clients = program
    operation = said["operationId"]
    with transaction.atomic():
        person, found = things_of(operation, made)
        prepare(operation, made)
        client = clients[person]
        pk = made.mentor.mentor.pk if operation.startswith("mentors_") else found and found.pk
        address = path.replace("{id}", str(pk))
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if any(one["name"] == "If-Match" for one in said.get("parameters", [])):
            headers["If-Match"] = client.read(address.rsplit("/", 2)[0] + "/")["ETag"]
        body = example_of(said, operation, made)
        answer = client.ask(method.upper(), address, body if method == "post" else None, **headers)
        transaction.set_rollback(True)

    assert answer.status_code in (200, 201), answer.content


def example_of(said, operation, made):
    content = said.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    [example] = [one["value"] for one in content["examples"].values()]
    words = json.dumps(example)
    if operation.startswith("meetings"):
        words = words.replace("01a21062-0000-7000-8000-000000000000", str(made.things["mine"]["mentorship"].pk))
        words = words.replace("2026-01-28", timezone.localdate().isoformat())
    if operation == "matches_create":
        case, mentor = CaseFactory(), MentorFactory()
        words = words.replace("01a21062-0000-7000-8000-000000000000", str(case.pk))
        words = words.replace("01a21062-0000-7000-8000-000000000001", str(mentor.pk))
    return json.loads(words)


def prepare(operation, made):
    """The state an example needs, where the world has another."""
    mine = made.things["mine"]
    today = timezone.localdate()
    if operation == "concerns_resolve":
        mine["concern"].__class__.objects.filter(pk=mine["concern"].pk).update(status="acknowledged")
    elif operation.startswith("follow_ups_"):
        words = {"status": "missed" if operation == "follow_ups_reopen" else "open", "finished_on": None}
        days = {"opens_on": today - timedelta(days=3), "due_on": today, "closes_on": today + timedelta(days=9)}
        FollowUpFactory._meta.model.objects.filter(pk=mine["follow_up"].pk).update(**words, **days)
    elif operation == "referrals_move":
        referral = made.things["waiting"]["referral"]
        referral.__class__.objects.filter(pk=referral.pk).update(status="accepted")
    elif operation == "mentorships_pace":
        mine["mentorship"].__class__.objects.filter(pk=mine["mentorship"].pk).update(status="weekly")


LOADED = schemathesis.openapi.from_dict(json.loads(json.dumps(SCHEMA, default=str)))


@each_operation
@pytest.mark.django_db
def test_whatever_is_sent_the_answer_is_as_described(program, method, path, said):
    """No 5xx, no status that is not described, no answer of another shape: of well-formed requests and of broken ones,
    with a key that may do it."""
    made, clients = program
    person, found = things_of(said["operationId"], made)
    client = clients[person]
    operation = LOADED[path][method.upper()]

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def walk(case):
            with transaction.atomic():
                answer = sent(client, case, found)
                transaction.set_rollback(True)
            case.validate_response(answer, checks=CHECKS)

        walk()


TURN = count()
NOT_SENT = {"authorization", "content-length", "content-type", "host", "cookie", "user-agent"}  # ours, or the client's


def sent(client, case, found):
    """The request as schemathesis made it, asked of ours; every other time about a thing that is there."""
    if "id" in case.path_parameters and found is not None and next(TURN) % 2:
        case.path_parameters["id"] = str(found.pk)
    kwargs = case.as_transport_kwargs(base_url="http://testserver")
    prepared = requests.Request(**{key: kwargs[key] for key in kwargs if key in KNOWN}).prepare()
    headers = {name: text(value) for name, value in prepared.headers.items() if name.lower() not in NOT_SENT}
    kind = text(prepared.headers.get("Content-Type") or "application/json")
    answer = client.generic(prepared.method, prepared.path_url, prepared.body or b"", kind, headers=headers)
    told = {name: [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, told, answer.content, prepared, elapsed=0.0, verify=False, encoding="utf-8")


KNOWN = {"method", "url", "headers", "params", "data", "json", "cookies"}


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value
