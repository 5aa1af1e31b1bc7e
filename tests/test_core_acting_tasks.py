"""A task or a command acts under its duty, or for the person it is given."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError

from mlmc.celery import app
from mlmc.core.context import NOBODY, ActingTask, Actor, acting_as, acting_user
from mlmc.core.models import User
from mlmc.core.postgres.roles import APP
from tests.conftest import as_role
from tests.factories import UserFactory
from tests.test_core_context import DIRECTOR, who


@pytest.fixture
def user(db):
    return UserFactory(mentor=True, supervisor=True)


@pytest.fixture
def tell_task():
    @app.task(base=ActingTask, duty="outbox", name="tests.tell")
    def tell(**_):
        with as_role(APP):
            return who()

    yield tell
    app.tasks.unregister("tests.tell")


def test_a_task_acts_under_its_duty_or_for_the_one_it_is_given(tell_task, user):
    assert tell_task() == Actor.system("outbox")
    assert tell_task(by=str(user.pk)) == Actor.of(user)
    tell_task.duty = None
    assert tell_task() == NOBODY
    with acting_as(DIRECTOR):
        assert tell_task() == NOBODY  # never as whoever called it


@pytest.mark.django_db
def test_a_task_for_somebody_switched_off_acts_as_nobody(tell_task):
    assert tell_task(by=str(UserFactory(director=True, is_active=False).pk)) == NOBODY


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("by", "problem"), [("", ValidationError), ("somebody", ValidationError), (uuid.UUID(int=9), User.DoesNotExist)]
)
def test_a_task_for_somebody_unknown_is_an_error_and_never_falls_back_on_its_duty(tell_task, by, problem):
    with pytest.raises(problem):
        tell_task(by=by)


@pytest.mark.parametrize("name", [row["task"] for row in app.conf.beat_schedule.values()])
def test_what_the_clock_starts_has_a_duty(name):
    app.loader.import_default_modules()
    if name not in app.tasks:
        pytest.skip("not built yet")

    assert isinstance(app.tasks[name], ActingTask)
    assert app.tasks[name].duty


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["stranger@example.org", "", None, "off@example.org", "\x00", "\ud800"])
def test_a_command_by_a_stranger_is_a_plain_error(email):
    UserFactory(email="off@example.org", director=True, is_active=False)

    with pytest.raises(CommandError, match="--as with the e-mail of somebody who can sign in"):
        acting_user(email)


def test_a_command_finds_who_does_it_however_the_email_is_typed(user):
    assert acting_user(user.email.upper()) == user
