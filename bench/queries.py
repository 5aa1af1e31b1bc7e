"""How many statements read or write rows, inside the product: `python -m bench.queries` prints JSON, goals 3 and 5.

The context of a transaction and savepoints are none. For the mentors with the fewest and the most youth.
"""

import json
import uuid

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 (after setup)
from django.test import Client  # noqa: E402 (as above)
from django.test.utils import CaptureQueriesContext  # noqa: E402 (as above)
from django.utils import timezone  # noqa: E402 (as above)

from bench.browsers import browser_of  # noqa: E402 (as above)
from mentors.models import Mentor, Mentorship  # noqa: E402 (as above)
from mlmc.core.context import Actor, acting_as  # noqa: E402 (as above)
from mlmc.core.models import User  # noqa: E402 (as above)

NONE = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET", "select set_config")


def asked(work):
    with CaptureQueriesContext(connection) as caught:
        answer = work()
        found = [one["sql"] for one in caught.captured_queries]
    assert answer.status_code in (200, 302) and "sign" not in answer.headers.get("Location", ""), answer
    return [sql for sql in found if not sql.startswith(NONE)]


def client_of(person):
    with acting_as(Actor.named("door")), transaction.atomic():
        session, found = browser_of(person)
        session.know(factor_at=timezone.now(), last_seen_at=timezone.now())
    client = Client(headers={"host": "127.0.0.1"}, HTTP_COOKIE=found["cookie"])
    return client, found["csrf"]


def counts():
    with acting_as(Actor.named("door")), transaction.atomic():
        people = list(User.objects.with_role("mentor").order_by("pk")[:200])
    known = []
    for person in people:
        with acting_as(Actor.of(person)), transaction.atomic():
            if Mentor.objects.filter(user=person).exists():
                known.append((Mentorship.objects.checked_in_by(person).count(), person))
    known.sort(key=lambda one: one[0])
    for youth, person in (next(one for one in known if one[0]), known[-1]):
        client, _ = client_of(person)
        client.get("/my-youth/")  # what is asked once and kept
        page = asked(lambda client=client: client.get("/my-youth/"))
        with acting_as(Actor.of(person)), transaction.atomic():
            mentorship = Mentorship.objects.checked_in_by(person).first()
        said = {"client_key": uuid.uuid4(), "kind": "text", "held_on": timezone.localdate(), "minutes": "15"}
        said |= {"reached": "yes", "words": "A good talk."}
        path = f"/check-in/{mentorship.pk}/"
        saved = asked(lambda client=client, path=path, said=said: client.post(path, said))
        yield {"youth": youth, "page": len(page), "check_in": len(saved), "sql": {"page": page, "check_in": saved}}


if __name__ == "__main__":
    print(json.dumps(list(counts())))
