"""Bad inputs as they arrive: through every form somebody is shown, and every word of an address (G51).

Nothing breaks; nothing is cut without a word; what is kept, or shown again, is what was typed.
"""

from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import pytest
from django.apps import apps
from django.db import connections, transaction
from django.urls import Resolver404, resolve
from django.utils import timezone

from outcomes import surveys
from tests import cluster, matrix, world
from tests.conftest import StrictClient
from tests.corpus import FIVE, TEXTS
from tests.factories import FollowUpFactory
from tests.paper import Page

MARK = "Qz7"
NO_WORDS = ("UUIDField", "DateTimeField", "DateField", "BooleanField", "IntegerField", "ForeignKey", "OneToOneField")
WORDS = ("text", "textarea", "email", "tel", "search", "hidden")
CODED = "application/x-www-form-urlencoded"
FORM_PEOPLE = [
    *("intake", "assessment", "mentor", "asked_mentor", "case_manager", "support", "supervisor"),
    *("evaluation", "director", "admin"),
]
# Addresses somebody may post to, and that no page shows a form for: what they are instead
NO_FORM = {
    "policy_report": "a browser posts it; tests/test_mlmc_headers.py",
    "core:passkey_begin": "a script asks it for a challenge, and sends nothing",
    "core:passkey_new": "as passkey_begin",
    "core:passkey_sign_in": "what an authenticator signs; tests/test_core_factors.py",
    "core:sign_in_code": "comes after a password",
    "core:unlock": "comes after a lock",
    "core:join": "its link is known to nobody; tests/test_mlmc_people.py",
    "core:lock": "a script posts it",
    "outcomes:survey_stop": "its link is known to nobody in the matrix",
    "outcomes:survey": "as survey_stop; the first page and a question are below",
}
ASKS = [
    "after",
    "before",
    "show",
    "view",
    "lang",
    "next",
    "cohort",
    "late",
    "back",
    "propose",
    "source",
    "area",
    "mine",
]
READ_THEIR_ADDRESS = {
    *("cases:referrals", "cases:case", "cases:access", "mentors:paperwork", "mentors:meeting_log"),
    *("matching:board", "matching:board_of", "outcomes:follow_ups", "outcomes:report", "outcomes:survey"),
}
# Places in a list as a list would give them out, but for one thing
NEARLY = [
    "9999-12-31T23:59:59+00:00_01890000-0000-7000-8000-000000000000",
    "0001-01-01T00:00:00+14:00_01890000-0000-7000-8000-000000000000",
    "2026-01-28T00:00:00+23:59_01890000-0000-7000-8000-000000000000",
    "2026-01-28T25:00:00+00:00_01890000-0000-7000-8000-000000000000",
    "2026-02-30_01890000-0000-7000-8000-000000000000",
    "2026-01-28_x",
    "2026-01-28T00:00:00+23:59_1_1",
    "2026-01-28T00:00:00_1_1",
    "2026-01-28T00:00:00+00:00_1_99999999999999999999",
    "2026-01-28T00:00:00+00:00_99999_1",
    "0001-01-01T00:00:00+14:00_1_1",
    "01890000-0000-7000-8000-000000000000",
    "9" * 30,
    "-1",
]


@pytest.fixture(scope="module")
def program(django_db_setup, django_db_blocker):
    """The world, committed, and somebody signed in for each of its people."""
    with django_db_blocker.unblock():
        made = world.build()
        clients = {"nobody": StrictClient(raise_request_exception=False)}
        for name in FORM_PEOPLE:
            clients[name] = StrictClient(raise_request_exception=False)
            clients[name].force_login(made.people[name])
        made.token = surveys.make_link(FollowUpFactory(), by=made.evaluation, at=timezone.now())
        yield made, clients
        connections.close_all()
        cluster.clone(cluster.DATABASE)


@contextmanager
def taken_back(client):
    cookies = dict(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)


def open_pages(made):
    """(person, address) of every page the matrix opens to somebody."""
    takes, cells = dict(matrix.addresses()), matrix.read()
    for (name, method, whose), by_person in cells.items():
        for person in FORM_PEOPLE:
            if method == "GET" and by_person[person] == "200":
                yield person, matrix.path_of(name, takes[name], whose, made)
    for path in ("/refer/", "/sign-in/", f"/s/{made.token}/"):
        yield "nobody", path


def shown_forms(made, clients):
    """Each kind of form once: (person, address, form). A kind is where it goes and what it asks."""
    seen = set()
    pages = [(person, path, clients[person].get(path)) for person, path in open_pages(made)]
    pages += [("nobody", path, answer) for path, answer in later_steps(clients["nobody"], made)]
    for person, path, answer in pages:
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        for form in Page(answer.content.decode()).forms:
            action = urlsplit(form.action).path or path
            try:
                goes_to = resolve(action).view_name
            except Resolver404:
                goes_to = action
            kind = (goes_to, form.method, tuple(sorted(form.kinds)))
            if form.method == "post" and kind not in seen and goes_to != "core:sign_out":
                seen.add(kind)
                yield person, action, goes_to, form


def later_steps(client, made):
    """The pages that only a form leads to."""
    answer = client.get("/refer/")
    for _ in range(3):
        form = next(form for form in Page(answer.content.decode()).forms if "draft" in form.values)
        answer = client.post("/refer/", form.values)
        yield "/refer/", answer
    with taken_back(client):
        answer = client.post(f"/s/{made.token}/", {"language": "en"}, follow=True)
        yield answer.redirect_chain[-1][0], answer


def coded(values):
    """As it goes down the wire, with the bytes of half a character where somebody sends those."""
    return urlencode({name: str(value).encode("utf-8", "surrogatepass") for name, value in values.items()})


def post(client, path, values):
    return client.generic("POST", path, coded(values), CODED)


def arrives(text):
    """What any program can read of it: half a character is none, and a browser sends the mark of a lost one."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def plain(text):
    return text.replace("\r\n", "\n").strip()


def stored():
    """Every word in the database that came from here, opened: whole rows, for what leaves its row stays sealed."""
    for model in apps.get_models():
        if model._meta.app_label in ("contenttypes", "auth"):  # Django's own, which hold no word of anybody
            continue
        names = [one.attname for one in model._meta.concrete_fields if one.get_internal_type() not in NO_WORDS]
        for row in model.objects.iterator() if names else ():
            yield from (words for name in names if MARK in (words := str(getattr(row, name))))


@pytest.mark.django_db
def test_g51_every_form_takes_five_in_each_of_its_fields(program):
    """Posted as the person who is shown it. All else is filled in, so that it is this field that answers."""
    made, clients = program
    reached, problems, taken = set(), [], 0
    for person, path, goes_to, form in list(shown_forms(made, clients)):
        reached.add(goes_to)
        for name, kind in form.kinds.items():
            if name == "csrfmiddlewaretoken":
                continue
            for which in FIVE:
                text = TEXTS[which]
                sent = f"{MARK} {text} {MARK}" if kind in WORDS[:4] else text
                with taken_back(clients[person]):
                    answer = post(clients[person], path, {**form.values, name: sent})
                    where = f"{person} {goes_to} {name} ({which}): {answer.status_code}"
                    if answer.status_code >= 500:
                        problems.append(where)
                    elif kind in WORDS[:4]:
                        whole = plain(arrives(sent))
                        kept = list(stored()) if answer.status_code == 302 else []
                        taken += any(whole in plain(one) for one in kept)
                        again = (
                            [Page(answer.content.decode()).shown.get(name) or ""] if answer.status_code == 200 else []
                        )
                        problems += [f"{where} cut" for one in [*kept, *again] if is_cut(one, whole)]
    assert problems == []
    assert taken > 5  # some were taken and kept whole, or it was always something else that was refused
    allowed = {
        name for (name, method, _), cells in matrix.read().items()
        if method == "POST" and any(cells[person] in ("200", "302") for person in FORM_PEOPLE)
    }  # fmt: skip
    assert allowed - reached - set(NO_FORM) == set()


def is_cut(kept, whole):
    """Whether it begins as what was typed, and does not hold all of it. Kept as JSON it is written otherwise."""
    as_json = whole.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return (
        MARK in kept
        and whole not in plain(kept)
        and as_json not in kept
        and as_json.replace("\\n", "\\r\\n") not in kept
    )


@pytest.mark.django_db
def test_g51_no_word_in_an_address_breaks_a_page(program):
    made, clients = program
    short = [TEXTS[one] for one in FIVE if len(TEXTS[one]) < 400]
    lists = [*short, *NEARLY, *[text for text in TEXTS.values() if len(text) < 400][::12]]
    problems, pages = [], {resolve(path).view_name: (person, path) for person, path in open_pages(made)}
    assert set(pages) >= READ_THEIR_ADDRESS
    for name, (person, path) in pages.items():
        for text in lists if name in READ_THEIR_ADDRESS else short:
            with taken_back(clients[person]):
                answer = clients[person].get(f"{path}?{coded(dict.fromkeys(ASKS, text))}")
            if answer.status_code >= 500:
                problems.append(f"{person} {path} {text!r}")
    assert problems == []


ODD_PIECES = ["%00", "%ED%A0%80", "%FF", "..%2f..%2fetc", "%0d%0aSet-Cookie:x", "%E2%80%AE", "9" * 40, "a" * 3000]
PLACES = [
    "/s/{}/",
    "/s/{}/1/",
    "/s/x/{}/",
    "/s/{}/stop/",
    "/join/{}/",
    "/referrals/{}/",
    "/cases/{}/",
    "/my-youth/{}/",
]
PLACES += [
    "/referrals/01890000-0000-7000-8000-000000000000/move/{}/",
    "/follow-ups/{}/",
    "/people/{}/",
    "/static/{}",
    "/{}",
]


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
def test_g51_no_piece_of_an_address_breaks_a_page(program, place):
    _, clients = program
    for piece in ODD_PIECES:
        for person in ("nobody", "director"):
            for method in ("GET", "POST"):
                with taken_back(clients[person]):
                    answer = clients[person].generic(method, place.format(piece))
                assert answer.status_code < 500, f"{method} {place} {piece} by {person}"
