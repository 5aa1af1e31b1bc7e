"""The examples of docs/API.md, sent as they stand there."""

import json
import re

import pytest
from django.utils import timezone

from cases.models import Referral
from tests import world
from tests.api import Asks
from tests.test_architecture import ROOT

PAGE = (ROOT / "docs/API.md").read_text()
EXAMPLES = re.findall(r"```http\n(.*?)```", PAGE, re.DOTALL)
NAMES = [example.split("\n")[0] for example in EXAMPLES]


def test_there_are_examples_of_each_kind():
    assert len(EXAMPLES) >= 6
    assert {name.split()[0] for name in NAMES} == {"GET", "POST"}


@pytest.mark.django_db
def test_every_example_runs_as_it_stands():
    made = world.build()
    keys = world.keys_for_all(made)
    words = {f"Bearer {{{name}}}": f"Bearer {key}" for name, key in keys.items()} | {
        "{referral}": str(made.things["waiting"]["referral"].pk),
        "{mentorship}": str(made.things["mine"]["mentorship"].pk),
        "{today}": timezone.localdate().isoformat(),
    }
    Referral.objects.update(status="received")
    for example in EXAMPLES:
        for name, value in words.items():
            example = example.replace(name, value)
        head, *body, status = example.strip().split("\n\n")
        (method, path), *lines = (line.split(" ", 1) for line in head.split("\n"))
        headers = {name.removesuffix(":"): value for name, value in lines}
        client = Asks(headers.pop("Authorization").removeprefix("Bearer "))
        if found := re.match(r"\{etag of (.*)\}", headers.get("If-Match", "")):
            headers["If-Match"] = client.read(found[1])["ETag"]

        answer = client.ask(method, path, json.loads(body[0]) if body else None, **headers)

        assert answer.status_code == int(status), (head, answer.content)
