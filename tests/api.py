"""A program as our tests have one: it asks as the app, begins as nobody, and sends its key and JSON."""

import json

from mlmc.core.api.problems import TYPE
from tests.conftest import StrictClient


class Asks(StrictClient):
    def __init__(self, key, **kwargs):
        super().__init__(raise_request_exception=False, **kwargs)
        self.key = key

    def generic(self, method, path, data="", content_type="application/json", **extra):
        extra.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.key}")
        return super().generic(method, path, data, content_type, **extra)

    def ask(self, method, path, body=None, **headers):
        data = "" if body is None else json.dumps(body)
        return self.generic(method, path, data, headers=headers)

    def read(self, path, **headers):
        return self.ask("GET", path, **headers)

    def send(self, path, body=None, **headers):
        return self.ask("POST", path, {} if body is None else body, **headers)


def problem(answer, status, word):
    """That this is a problem document of this kind; what it says."""
    assert (answer.status_code, answer["Content-Type"]) == (status, TYPE), answer.content
    said = json.loads(answer.content)
    assert (said["status"], said["type"]) == (status, f"/api/v1/#problem-{word}")
    return said
