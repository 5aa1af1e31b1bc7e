"""Every address, every way of asking, everybody: what `tests/access_matrix.csv` says, and how it is written anew.

A row is one address, one method and one object variant; a column is one person of `tests/world.py`. With
MLMC_WRITE_MATRIX=1 the test writes the file from what the program does; a person then reads the difference.
"""

import csv
import re
import uuid
from pathlib import Path

from django.test.client import MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, get_resolver, reverse

FILE = Path(__file__).parent / "access_matrix.csv"
API_FILE = Path(__file__).parent / "api_matrix.csv"  # the same of what programs ask; tests/test_api_matrix.py walks it
API = "api:"
PEOPLE = [
    "nobody", "intake", "assessment", "mentor", "other_mentor", "former_mentor", "asked_mentor", "case_manager",
    "support", "other_support", "supervisor", "other_supervisor", "walled_supervisor", "evaluation", "director",
    "in_an_emergency", "walled_director", "admin", "no_role", "two_roles",
]  # fmt: skip
ASKERS = [*PEOPLE, "agency"]
HEADER = ["address", "method", "object"]
NEVER = uuid.UUID("01a21062-0000-7000-8000-000000000000")
WHOSE = ["mine", "another's", "waiting", "never"]

# Which thing of the world a `pk` in an address means: by the beginning of the address's name.
THINGS = {
    "cases:referral": "referral",
    "cases:case": "case",
    "cases:access": "case",
    "cases:wall": "case",
    "cases:safety": "case",
    "cases:need": "case",
    "cases:contact_confirm": "case",
    "cases:flag": "case",
    "mentors:safe_contact": "mentorship",
    "cases:emergency": "emergency",
    "mentors:meeting_log": "mentorship",
    "mentors:change_pace": "mentorship",
    "mentors:first_meeting": "mentorship",
    "mentors:mistaken": "mentorship",
    "mentors:plan": "mentorship",
    "mentors:plan_": "plan",
    "mentors:check_in_undo": "meeting",
    "mentors:check_in_move": "meeting",
    "mentors:check_in": "mentorship",
    "mentors:mentor_step": "mentor",
    "mentors:concern": "concern",
    "mentors:paperwork_take_up": "meeting",
    "mentors:call": "mentorship",
    "mentors:text": "mentorship",
    "mentors:leave_plan": "person",
    "mentors:leave": "leave",
    "core:passkey_remove": "passkey",
    "matching:board_of": "case",
    "matching:propose": "case",
    "matching:youth_answer": "match",
    "matching:take_back": "match",
    "matching:asked": "mentorship",
    "matching:mentor_answer": "mentorship",
    "outcomes:": "follow_up",
    "bringing:": "import",
    "exporting:": "export",
    "people:role_answer": "role_request",
    "people:team_rename": "team",
    "people:": "person",
    "plain_exit:": "exit_request",
    "integrations:": "integration",
    "api:referrals": "referral",
    "api:sent": "sent",
    "api:cases": "case",
    "api:mentors": "mentor",
    "api:mentorships": "mentorship",
    "api:meetings": "meeting",
    "api:concerns": "concern",
    "api:matches": "match",
    "api:follow-ups": "follow_up",
}
# Whatever else stands in an address.
WORDS = {
    "token": "no-such-token",
    "rest": "x",
    "number": 1,
    "to": "in_review",
    "section": "promises",
    "role": "mentor",
    "name": "today",
    "kind": "mentors",
    "into": NEVER,
    "wall": NEVER,
    "need": NEVER,
}


def addresses():
    """Every page's address: its name and the names of what it takes, (name, {kwarg, …})."""
    return ((name, takes) for name, takes in every_address() if not name.startswith(API))


def api_addresses():
    return ((name, takes) for name, takes in every_address() if name.startswith(API))


def every_address(resolver=None, space=""):
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLPattern):
            yield f"{space}{part.name}", set(part.pattern.converters)
        else:
            yield from every_address(part, f"{space}{part.namespace}:" if part.namespace else space)


def thing_of(name):
    """A new address of a kind nobody has named here fails the build."""
    return THINGS[max((begin for begin in THINGS if name.startswith(begin)), key=len)]


def rows(found=addresses):
    """What has to stand in the file: (address, method, object)."""
    for name, _ in sorted(found()):
        yield from rows_of(name)


def rows_of(name):
    takes = dict(every_address())[name]
    for method in ("GET", "POST"):
        for whose in WHOSE if "pk" in takes else ["-"]:
            yield name, method, whose


def path_of(name, takes, whose, world):
    kwargs = {key: WORDS[key] for key in takes if key != "pk"}
    if "pk" in takes:
        kwargs["pk"] = pk_of(thing_of(name), whose, world)
    return reverse(name, kwargs=kwargs)


def pk_of(kind, whose, world):
    if kind == "person":
        return {"mine": world.mentor.pk, "another's": world.other_mentor.pk, "waiting": world.admin.pk}.get(
            whose, NEVER
        )
    if kind == "team":
        return world.mentor.team_id if whose == "mine" else NEVER
    if kind == "passkey":
        owner = {"mine": "mentor", "another's": "other_mentor"}.get(whose)
        found = world.people[owner].passkeys.first() if owner else None
        return found.pk if found else NEVER
    if kind == "mentor":
        people = {"mine": "mentor", "another's": "other_mentor", "waiting": "asked_mentor"}
        return world.people[people[whose]].mentor.pk if whose in people else NEVER
    thing = world.things.get(whose, {}).get(kind)
    return thing.pk if thing is not None else NEVER


def ask(client, method, path):
    if method == "GET":
        return client.get(path)
    return client.generic(method, path, encode_multipart("x", {}), MULTIPART_CONTENT.replace("BoUnDaRyStRiNg", "x"))


def comparable(page):
    """A page without what differs each time: the token of its forms, the ids of fields and errors."""
    page = re.sub(r'(csrf-?[a-z]*" (?:content|value)=)"[^"]*"', r"\1", page, flags=re.I)
    return re.sub(r"\b[0-9a-f]{8,32}\b", "…", page)


def read(file=FILE):
    with file.open(newline="") as file:
        lines = list(csv.DictReader(file))
    return {(line["address"], line["method"], line["object"]): line for line in lines}


def write(cells, *, file=FILE, people=PEOPLE):
    with file.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*HEADER, *people])
        for (name, method, whose), by_person in sorted(cells.items()):
            out.writerow([name, method, whose, *(by_person[person] for person in people)])
