"""The world with a youth whose name stands nowhere else, and a signed-in browser for each of its people."""

import pytest
from django.db import connections

from tests import cluster, matrix, world
from tests.conftest import StrictClient

NAME, WORD = "Zanzibelle", "Quimbleford"
SIGNED_IN = [person for person in matrix.PEOPLE if person != "nobody"]


@pytest.fixture(scope="module")
def everybody(django_db_setup, django_db_blocker):
    """(the world, {person: client}), committed."""
    with django_db_blocker.unblock():
        made = world.build(chosen_name=f"{NAME} Q.", identity__legal_name=f"{NAME} {WORD}")
        clients = {"nobody": StrictClient(raise_request_exception=False)}
        for name in SIGNED_IN:
            clients[name] = StrictClient(raise_request_exception=False)
            clients[name].force_login(made.people[name])
        yield made, clients
        connections.close_all()
        cluster.clone(cluster.DATABASE)
