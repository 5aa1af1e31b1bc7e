"""What happens at the same moment, or when the trail cannot be written: done once, or not at all; and logged without a
word of what was sent."""

import io
import json
import logging
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from cases import intake, trail
from cases.models import Referral
from mentors.models import Meeting
from mlmc.core import logs
from mlmc.core.api import once
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import AuditEntry, KeptAnswer
from mlmc.core.postgres.roles import APP, KEEPER
from outcomes.models import Answer
from tests.api import Asks, problem
from tests.conftest import as_role
from tests.factories import (
    AgencyProgramFactory,
    IntegrationFactory,
    KeptAnswerFactory,
    MentorshipFactory,
    ReferralFactory,
    UserFactory,
    WallFactory,
)
from tests.test_core_audit import broken_trail

SENT, KEY, MARK = "/api/v1/agency/referrals/", "the key of these tests", "Zanzibelle"
YOUTH = {"referrer": "Dana Worker", "referrer_phone": "617-555-0100", "first_name": MARK}


@pytest.fixture
def lines():
    """What the log says, as it says it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.door())
    logging.root.addHandler(handler)
    yield out.getvalue
    logging.root.removeHandler(handler)


def agency():
    of = AgencyProgramFactory()
    IntegrationFactory(user=of.user, roles=[], scopes=["agency"], key=KEY)


def test_eight_at_once_with_one_key_make_one_referral_and_are_answered_alike(log_in):
    log_in(KEEPER)
    agency()
    log_in(APP)
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": str(uuid.uuid4())}
    answers = []

    def send():
        answers.append(Client().post(SENT, json.dumps(YOUTH), "application/json", headers=headers))
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    log_in(KEEPER)
    assert Referral.objects.count() == 1
    assert sorted("Idempotency-Replayed" in answer for answer in answers) == [False] + [True] * 7


def test_a_second_that_waits_too_long_for_the_first_is_told_so_and_finds_it_done_later(log_in, monkeypatch):
    """Three seconds, as long as any lock is waited for; the first goes on, and is answered as ever."""
    log_in(KEEPER)
    agency()
    log_in(APP)
    begun, may_end, receive, answers = threading.Event(), threading.Event(), intake.receive, {}

    def slowly(**sent):
        begun.set()
        may_end.wait(30)
        return receive(**sent)

    monkeypatch.setattr("cases.api.referrals.intake.receive", slowly)
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": str(uuid.uuid4())}

    def send(which):
        answers[which] = Client().post(SENT, json.dumps(YOUTH), "application/json", headers=headers)
        connections.close_all()

    first = threading.Thread(target=send, args=["first"])
    first.start()
    assert begun.wait(30)
    other = Client().get(SENT, headers=headers)  # of the same program, and waits for nothing
    send("second")
    may_end.set()
    first.join()
    send("third")

    assert other.status_code == 200
    said = problem(answers["second"], 409, "not-possible")
    assert said["detail"] == "The first request with this key is still at work. Ask again."
    assert (answers["first"].status_code, answers["third"].status_code) == (201, 201)
    assert answers["third"].content == answers["first"].content
    assert answers["third"]["Idempotency-Replayed"] == "true"
    log_in(KEEPER)
    assert Referral.objects.count() == 1
    assert AuditEntry.objects.count() == 4  # one line for each request


def test_two_moves_of_one_state_at_once_are_one_move_and_one_412(log_in):
    log_in(KEEPER)
    IntegrationFactory(key=KEY)
    referral = ReferralFactory()
    log_in(APP)
    address, auth = f"/api/v1/referrals/{referral.pk}/", {"Authorization": f"Bearer {KEY}"}
    headers = auth | {"If-Match": Client().get(address, headers=auth)["ETag"]}
    answers = []

    def move(to):
        body = json.dumps({"to": to})
        answers.append(Client().post(f"{address}move/", body, "application/json", headers=headers).status_code)
        connections.close_all()

    threads = [threading.Thread(target=move, args=[to]) for to in ("in_review", "needs_information")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, 412]


@pytest.mark.django_db
def test_g60_no_line_no_answer_and_no_act():
    """The trail is written in the transaction of the answer, which is rendered in it."""
    agency()
    with broken_trail():
        answer = Asks(KEY).send(SENT, YOUTH, **{"Idempotency-Key": str(uuid.uuid4())})

    problem(answer, 500, "broken")
    assert MARK not in answer.content.decode()
    assert not Referral.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("breaks", [False, True])
def test_g28_no_log_line_holds_a_word_of_what_was_sent_or_a_key(lines, monkeypatch, breaks):
    agency()
    IntegrationFactory(key="the key of an intake's program")
    if breaks:
        monkeypatch.setattr("cases.api.referrals.intake.receive", lambda **sent: sent[MARK])
    key = {"Idempotency-Key": f"{MARK}-{uuid.uuid4()}"}

    Asks(KEY).send(f"{SENT}?{MARK}=1", YOUTH, **key)
    Asks(KEY).send(SENT, {**YOUTH, MARK: MARK}, **key)
    Asks(KEY).generic("POST", SENT, f'{{"{MARK}"', headers=key)
    Asks("the key of an intake's program").read(f"/api/v1/referrals/?after={MARK}")
    Asks(f"a wrong key with {MARK} in it").read(SENT)

    said = lines()
    assert said.count('"event": "request"') == 5
    for word in (MARK, KEY, "Dana", "0100"):
        assert word not in said, word


@pytest.mark.django_db
def test_answers_are_kept_for_a_day_and_sealed():
    old = KeptAnswerFactory(made_at=timezone.now() - timedelta(days=2), body='{"words": "Zanzibelle"}')
    new = KeptAnswerFactory()
    with connection.cursor() as cursor:
        cursor.execute("select body from core_keptanswer where id = %s", [old.pk])
        assert MARK.encode() not in bytes(cursor.fetchone()[0])

    with as_role(APP), acting_as(Actor.system("forgetting")):
        once.forget_old()

    assert list(KeptAnswer.objects.all()) == [new]


@pytest.mark.django_db
def test_the_trail_names_the_program():
    IntegrationFactory(key=KEY)
    Asks(KEY).read(f"/api/v1/referrals/{ReferralFactory().pk}/")
    line = AuditEntry.objects.get()

    said = trail.told(line, {line.user_id: IntegrationFactory._meta.model.objects.get().user})

    assert (said["who"], said["what"]) == ("Their own system", "the referral, for a program")


def sent_twice(client, address, body, **headers):
    """The answer, and a way to send the same again."""
    headers |= {"Idempotency-Key": str(uuid.uuid4())}
    first = client.send(address, body, **headers)
    assert first.status_code < 300, first.content
    return first, lambda: client.send(address, body, **headers)


@pytest.fixture
def mentor_and_youth():
    mentorship = MentorshipFactory(began_on=timezone.localdate() - timedelta(days=60))
    IntegrationFactory(user=mentorship.mentor.user, roles=["mentor"], key=KEY)
    address = f"/api/v1/mentorships/{mentorship.pk}/"
    etag = Asks(KEY).read(address)["ETag"]
    return mentorship, sent_twice(Asks(KEY), f"{address}pace/", {"to": "monthly"}, **{"If-Match": etag})


@pytest.mark.django_db
def test_what_is_sent_again_is_shown_by_the_rights_of_now(mentor_and_youth):
    mentorship, (first, again) = mentor_and_youth
    assert (again().status_code, again().json()) == (200, first.json())

    WallFactory(youth=mentorship.case.youth, user=mentorship.mentor.user)

    said = problem(again(), 404, "not-found")
    assert said["detail"].startswith("This was done.")
    assert mentorship.case.youth.code not in str(said)


@pytest.mark.django_db
def test_what_is_sent_again_names_its_youth_in_the_trail_as_a_view(mentor_and_youth):
    mentorship, (_, again) = mentor_and_youth

    again()

    line = AuditEntry.objects.order_by("seq").last()
    assert (line.act, line.cases) == ("view", [mentorship.case_id])


@pytest.mark.django_db
def test_what_was_made_is_shown_again_only_where_it_may_be_seen():
    agency()
    first, again = sent_twice(Asks(KEY), SENT, YOUTH)
    assert again().json() == first.json()
    assert AuditEntry.objects.order_by("seq").last().cases == [Referral.objects.get().pk]

    Referral.objects.update(channel="phone")

    problem(again(), 404, "not-found")


@pytest.mark.django_db
def test_no_word_about_anybody_is_kept_for_a_key(mentor_and_youth):
    kept = KeptAnswer.objects.get()

    assert (kept.body, kept.thing) == ("", mentor_and_youth[0].pk)


@pytest.mark.django_db
def test_answers_that_are_brought_in_again_with_one_key_are_told_as_they_were_told():
    """Without it the second telling counts what is here already; with it the first telling comes again."""
    IntegrationFactory(user=UserFactory(evaluation=True), roles=["evaluation"], key=KEY)
    table = {"csv": "id,wave_months,coping\nP-01,0,40\nP-01,6,65.5\n", "cohort": "2024"}

    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (Asks(KEY).send("/api/v1/answers/", table, **key) for _ in range(2))

    assert second.json() == first.json()
    assert (second.status_code, second["Idempotency-Replayed"]) == (200, "true")
    assert first.json()["answers"] == Answer.objects.count() == 2
    problem(Asks(KEY).send("/api/v1/answers/", {**table, "cohort": "2025"}, **key), 422, "fields")
    told = Asks(KEY).send("/api/v1/answers/", table).json()
    assert (told["answers"], told["already_imported"]) == (0, 2)


@pytest.mark.django_db
def test_meetings_that_are_sent_again_are_the_same_meetings_row_by_row(mentor_and_youth):
    """Each row has its own key, so what came between is told as it stands: nothing of it is kept for the request."""
    mentorship, _ = mentor_and_youth
    kept = KeptAnswer.objects.count()
    day = timezone.localdate().isoformat()
    row = {"mentorship": str(mentorship.pk), "client_key": str(uuid.uuid4()), "kind": "text", "held_on": day}
    other = row | {"client_key": str(uuid.uuid4()), "kind": "no such kind"}

    first, again = sent_twice(Asks(KEY), "/api/v1/meetings/bulk/", {"meetings": [row, other]})
    second = again()

    assert [one["status"] for one in first.json()["results"]] == [201, 422]
    assert [one["status"] for one in second.json()["results"]] == [200, 422]
    assert second.json()["results"][0]["meeting"] == first.json()["results"][0]["meeting"]
    assert "Idempotency-Replayed" not in second
    assert (Meeting.objects.count(), KeptAnswer.objects.count()) == (1, kept)


@pytest.mark.django_db
def test_a_key_that_may_only_write_is_told_of_what_it_made_and_not_how_it_stands_now():
    IntegrationFactory(roles=["intake"], scopes=["referrals:write"], key=KEY)
    body = {"channel": "email", "received_at": timezone.now().isoformat(), "referrer": "Dana", "first_name": "Sky"}
    first, again = sent_twice(Asks(KEY), "/api/v1/referrals/", body)
    one = Referral.objects.get()
    one.why = f"{MARK}, said later by a person"
    one.save()

    answer = again()

    assert (answer.status_code, answer.json()) == (201, {"id": first.json()["id"]})
