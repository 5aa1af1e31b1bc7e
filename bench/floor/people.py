"""Signed-in people of the floor: `python -m bench.floor.people COUNT` prints a JSON list of {"cookie", "csrf"}."""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402 (after setup)

from bench.browsers import browser_of  # noqa: E402 (as above)

if __name__ == "__main__":
    people = [User.objects.get_or_create(username=f"user-{n}")[0] for n in range(int(sys.argv[1]))]
    print(json.dumps([browser_of(person)[1] for person in people]))
