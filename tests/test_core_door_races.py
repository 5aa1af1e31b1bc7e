"""Two at the same moment, over connections of their own: one code opens once (G19), and tries are counted (G20)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction
from django.test import Client

from mlmc.core import factors
from mlmc.core.context import on_duty
from mlmc.core.roles import APP
from tests.door import give_password, shown
from tests.factories import AuthenticatorAppFactory


def opens(client, words):
    return client.post("/sign-in/code/", {"code": words}).status_code == 302


def is_checked(client, email):
    answer = client.post("/sign-in/", {"email": email, "password": "not this one"})
    return "The e-mail or the password is not right." in answer.content.decode()


def test_g20_thirty_tries_at_once_are_not_all_made_before_the_first_is_counted(log_in):
    user = AuthenticatorAppFactory(user__intake=True).user
    log_in(APP)

    def knock(n):
        try:
            return is_checked(Client(), user.email)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        checked = list(pool.map(knock, range(30)))

    assert 1 <= sum(checked) <= 5


def test_g19_of_two_posts_of_one_code_at_the_same_moment_one_opens(log_in):
    user = AuthenticatorAppFactory().user
    words, clients = shown(user.authenticator_app), [Client(), Client()]
    log_in(APP)
    for client in clients:
        give_password(client, user)

    def post(client):
        try:
            return opens(client, words)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(post, clients)) == [False, True]


def test_g19_of_two_checks_that_read_the_same_row_one_opens(log_in):
    """Below the waiting line at the door: the first has not committed yet when the second reads."""
    user = AuthenticatorAppFactory().user
    app = user.authenticator_app
    words = shown(app)
    log_in(APP)

    def check():
        try:
            return factors.check_code(user, words, at=datetime.now(UTC))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, on_duty("accounts"):
        with transaction.atomic():
            first = factors.check_code(user, words, at=datetime.now(UTC))
            second = pool.submit(check)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
        assert (first, second.result(timeout=10)) == (True, False)
