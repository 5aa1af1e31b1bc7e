"""A program as our tests have one: it asks as the app, begins as nobody, and sends its key and JSON."""

import json
from datetime import timedelta

from django.utils import timezone

from mlmc.core import raising
from mlmc.core.api import keys
from mlmc.core.api.problems import TYPE
from mlmc.core.models import RoleRequest
from tests.conftest import StrictClient, acting
from tests.factories import UserFactory


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


def made(*, days=30, agreed=True, **wanted):
    """(integration, key) as two people make it; its roles wait for the second where it is not `agreed`."""
    admin, now = UserFactory(admin=True), timezone.now()
    words = {"roles": ["intake"], "scopes": ["referrals:read"], "ends_at": now + timedelta(days=days)}
    with acting(admin):
        integration, key = keys.make("Their system", by=admin, at=now, **words | wanted)
    return (agree(integration), key) if agreed else (integration, key)


def agree(integration, *, yes=True, by=None):
    """Somebody else says yes to each of its roles."""
    second = by or UserFactory(director=True)
    rows = list(RoleRequest.objects.filter(user=integration.user, answered_at=None))
    with acting(second):
        for row in rows:
            raising.answer(row.pk, yes, by=second, at=timezone.now())
    integration.refresh_from_db()
    return integration
