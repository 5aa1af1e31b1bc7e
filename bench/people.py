"""Signed-in people of the product: `python -m bench.people ROLE COUNT`, in its environment, prints a JSON list of
{"cookie", "csrf", "mentorships", "cases"}. The same people each time, as long as the database is the same."""

import json
import random
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402 (after setup)
from django.utils import timezone  # noqa: E402 (as above)

from bench.browsers import browser_of  # noqa: E402 (as above)
from cases.models import Case  # noqa: E402 (as above)
from mentors.models import Mentorship  # noqa: E402 (as above)
from mlmc.core.context import Actor, acting_as  # noqa: E402 (as above)
from mlmc.core.models import Role, User  # noqa: E402 (as above)


def signed_in(role, count):
    with acting_as(Actor.named("door")), transaction.atomic():
        known = list(User.objects.with_role(role).order_by("pk").values_list("pk", flat=True))
    for key in random.Random(7).sample(known, min(count, len(known))):
        with acting_as(Actor.named("door")), transaction.atomic():
            person = User.objects.get(pk=key)
            session, found = browser_of(person)
            session.know(factor_at=timezone.now(), last_seen_at=timezone.now())
        with acting_as(Actor.of(person)), transaction.atomic():
            logs = Mentorship.objects.read_by(person).lived() if role == Role.MENTOR else []
            cases = Case.objects.opened_by(person) if role in OPENS_CASES else []
            found["mentorships"], found["cases"] = ([str(row.pk) for row in rows[:10]] for rows in (logs, cases))
            yield found


OPENS_CASES = {Role.CASE_MANAGER, Role.SUPERVISOR}


if __name__ == "__main__":
    print(json.dumps(list(signed_in(sys.argv[1], int(sys.argv[2])))))
