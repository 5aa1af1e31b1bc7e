"""Many at the door in the same moment: real log-ins, real commits."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from django.test import Client
from django.utils import timezone

from mlmc.core.context import Actor, acting_as
from mlmc.core.door import factors
from mlmc.core.postgres.roles import APP
from tests.door import give_password, shown
from tests.factories import AuthenticatorAppFactory

NOT_RIGHT = "The e-mail or the password is not right."


def test_g19_of_one_code_posted_many_times_at_once_one_opens(log_in):
    user = AuthenticatorAppFactory(user__intake=True).user
    code = shown(user.authenticator_app)
    log_in(APP)
    browsers = [Client() for _ in range(8)]
    for browser in browsers:
        assert "Enter your code" in give_password(browser, user).content.decode()

    def post(browser):
        try:
            return browser.post("/sign-in/code/", {"code": code}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(post, browsers)) == [200] * 7 + [302]


def test_g19_of_one_code_used_many_times_at_once_the_row_itself_lets_one_through(log_in):
    """Without the door's own one-at-a-time before it."""
    app = AuthenticatorAppFactory()
    code = shown(app)
    log_in(APP)

    def use(n):
        try:
            with acting_as(Actor.named("door")):
                return factors.check_code(app.user, code, at=timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(24))) == 1


def test_g20_thirty_tries_at_once_are_not_all_made_before_the_first_is_counted(log_in):
    user = AuthenticatorAppFactory(user__intake=True).user
    log_in(APP)

    def knock(n):
        try:
            return NOT_RIGHT in (
                Client().post("/sign-in/", {"email": user.email, "password": "not this one"}).content.decode()
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        checked = list(pool.map(knock, range(30)))

    assert 1 <= sum(checked) <= 5
