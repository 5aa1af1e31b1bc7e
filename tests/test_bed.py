"""The test bed keeps its promises, or the other tests would prove nothing."""

import pytest
from django.core.mail import send_mail
from django.db import connection, connections, transaction
from django.urls import reverse

from mlmc.core.door.sessions import SessionStore
from mlmc.core.models import Team, User
from tests.conftest import acting, refuse_writes


def heard():
    with connection.cursor() as cursor:
        cursor.execute("select current_user, coalesce(current_setting('app.actor', true), '')")
        return cursor.fetchone()


@pytest.mark.django_db
def test_data_is_made_as_the_keeper_and_a_verb_runs_as_the_app_with_its_user():
    user = User.objects.create(email="mia@example.org", roles=["mentor"])

    with acting(user), transaction.atomic():
        role, actor = heard()

    assert (role, actor.split("|")[:2]) == ("mlmc_app", [str(user.pk), "mentor"])
    assert heard() == ("mlmc_keeper", "")


@pytest.mark.django_db
def test_the_keeper_is_back_after_a_verb_that_broke_its_transaction():
    user = User.objects.create(email="mia@example.org", roles=["mentor"])

    with pytest.raises(ZeroDivisionError), transaction.atomic(), acting(user), connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("mlmc_app",)
        raise ZeroDivisionError

    assert heard() == ("mlmc_keeper", "")


@pytest.mark.django_db
def test_a_page_is_asked_for_as_the_app_by_nobody_in_particular(client):
    spoken = []
    user = User.objects.create(email="mia@example.org", roles=["mentor"])

    def listen(execute, sql, params, many, context):
        with connection.connection.cursor() as cursor:
            cursor.execute("select current_user, coalesce(current_setting('app.actor', true), '')")
            spoken.append(cursor.fetchone())
        return execute(sql, params, many, context)

    with acting(user), connection.execute_wrapper(listen):
        client.get(reverse("core:sign_in"))
        role = heard()[0]

    said = [actor for role, actor in spoken if role == "mlmc_app"]
    door = [place for place, actor in enumerate(said) if "|door|" in actor]
    assert door and door == list(range(door[0], door[-1] + 1))  # the actor of the test does not leak into the request
    assert role == "mlmc_app"  # and the one who acted before acts again
    assert heard() == ("mlmc_keeper", "")


@pytest.mark.django_db
def test_reading_a_page_may_note_the_session_and_write_nothing_else():
    with connection.execute_wrapper(refuse_writes):
        SessionStore().save()
        with pytest.raises(AssertionError, match="a GET wrote: INSERT"):
            Team.objects.create(name="East")


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_is_committed_is_gone_with_the_test(committed, time):
    assert not Team.objects.exists()

    Team.objects.create(name="East")
    connections.close_all()

    assert Team.objects.get().name == "East"


def test_a_letter_reaches_a_real_server(smtp):
    send_mail("There is something new for you", "Sign in.", "notices@example.org", ["mia@example.org"])

    assert [(letter["To"], letter["Subject"]) for letter in smtp] == [
        ("mia@example.org", "There is something new for you")
    ]


def test_a_worker_is_a_process_of_its_own_logged_in_as_the_app(worker):
    assert worker().poll() is None
