"""Every form of every page, walked with bad inputs in each of its fields (G51): nothing breaks, nothing speaks jargon.

A form is found as a browser finds it: on the pages the matrix opens to somebody, and in the few states below that no
page of a quiet day shows. An address that takes a POST and is walked by nobody fails the build.
"""

import re
from contextlib import contextmanager
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils import timezone

from cases import lifecycle
from mentors import concerns
from mlmc.core import people
from outcomes import surveys
from tests import matrix, world
from tests.conftest import StrictClient
from tests.door import give_password
from tests.factories import (
    AuthenticatorAppFactory,
    CaseFactory,
    FollowUpFactory,
    ImportFactory,
    LeaveFactory,
    MatchFactory,
    MentorFactory,
    MentorshipFactory,
    ReferralFactory,
    ReferralLinkFactory,
    ResponseFactory,
    UserFactory,
)
from tests.paper import Page
from tests.test_cases_public import NOW, YOU, YOUTH

pytestmark = pytest.mark.django_db
CODED = "application/x-www-form-urlencoded"
LEFT = re.compile(r"Rob|exe|RRRR|9999")  # of what was typed, in an address
JARGON = re.compile(r"Traceback|psycopg|DataError|IntegrityError|ValidationError|DoesNotExist|Ensure this")
BAD = {
    "nul": "Ro\x00bin",
    "half a character": "Rob\ud800in",
    "ten thousand": "R" * 10_000,
    "override": "exe\u202egnp.txt",
}
HUGE, NO_SUCH_DAY, A_DAY = "9" * 400, "99999-02-30T25:61", re.compile(r"\d{4}-\d\d-\d\d")
# Who walks. Of the matrix's people those who may do anything at all.
WALKERS = [
    *("intake", "assessment", "mentor", "asked_mentor", "case_manager", "support", "supervisor"),
    *("evaluation", "director", "admin"),
]
# Addresses that take a POST and that no form leads to: why they are not walked here.
NOT_WALKED = {
    "office:set_up": "there only while nobody is here; walked in test_mlmc_founding",
    "office:restore": "as set_up; walked in test_mlmc_restore_page",
    "office:restore_backup": "as set_up; walked in test_mlmc_restore_page",
    "office:first_steps": "it has no field",
    "core:passkey_begin": "a script asks it for a challenge and sends nothing",
    "core:passkey_new": "as passkey_begin",
    "exporting:again": "it has no field; tests/test_exporting_files.py",
    "exporting:fetch": "as again",
    "mentors:call": "as mentors:text, which these youth want: it has no field",
    "policy_report": "a browser sends it, as JSON: tests/test_mlmc_headers.py",
    "outcomes:no_survey": "whatever stands behind a wrong link; it reads nothing",
}


@pytest.fixture
def program():
    made = world.build()
    clients = {name: client_of(made.people[name]) for name in WALKERS}
    return made, clients | {"nobody": StrictClient(raise_request_exception=False)}


def client_of(user):
    client = StrictClient(raise_request_exception=False)
    client.force_login(user)
    return client


@contextmanager
def taken_back(client):
    """What is done in here was never done."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


def coded(values):
    """As it goes down the wire, with the bytes of half a character where somebody sends those."""
    return urlencode({name: str(value).encode("utf-8", "surrogatepass") for name, value in values.items()})


def post(client, path, values):
    return client.generic("POST", path, coded(values), CODED)


class Walked(Page):
    """A page whose buttons are fields as well: which one was pressed is somebody's to say."""

    def button(self, attrs):
        self.keep(attrs.get("name"), "button", attrs.get("value") or "")


def forms_of(page, path):
    """(the address's name, path, what is sent from it) of each form of a page that is posted."""
    for form in Walked(page).forms:
        action = urlsplit(urljoin(path, form.action)).path
        try:
            name = resolve(action).view_name
        except Resolver404:
            continue
        if form.method == "post":
            values = dict.fromkeys(form.kinds, "") | form.values
            yield name, action, {key: value for key, value in values.items() if key != "csrfmiddlewaretoken"}


def open_pages(made):
    takes = dict(matrix.addresses())
    for (name, method, whose), cells in matrix.read().items():
        for person in WALKERS:
            if method == "GET" and cells[person] == "200":
                yield person, matrix.path_of(name, takes[name], whose, made)


def answered(client, path, sent):
    """The page after a form, with its address."""
    answer = client.post(path, sent, follow=True)
    return (answer.redirect_chain[-1][0] if answer.redirect_chain else path), answer


def rarer(made, clients):
    """(person, address, answer): the pages of a day that is not quiet, and of doors that open to one person."""
    opened = made.things["referrals"]["open"]
    for kind, said in (("duplicate", "yes"), ("duplicate", "open")):
        ReferralLinkFactory(one=opened, other=ReferralFactory(), kind=kind, answer=said)
    mentor, waits = MentorFactory(), CaseFactory()
    concern = made.things["mine"]["concern"]
    concerns.acknowledge(concern, by=made.supervisor, at=timezone.now())
    declined = FollowUpFactory(status="declined", respondent=made.things["mine"]["respondent"], wave__months=12)
    files = [
        ImportFactory(by=made.director, status=status, total=2, accepted=1, added=1, rejected=1)
        for status in ("finished", "stopped", "undone")
    ]
    gone = UserFactory(is_active=False, switched_off_at=timezone.now())
    _, token = people.invite("new@example.org", name="N", roles=["mentor"], by=made.admin, at=timezone.now())
    moved, now = ReferralFactory(), timezone.now()
    lifecycle.move_referral(moved, "needs_information", by=made.intake, at=now)
    MentorFactory(user__team=made.supervisor.team, status="shadowing")
    LeaveFactory(granted=True, person=made.other_mentor)
    MatchFactory(mentorship=MentorshipFactory(asking=True), decided_by=made.assessment, decided_at=now)
    for person, path in (
        ("intake", moved.get_absolute_url()),
        ("supervisor", "/team/"),
        ("director", "/leave/"),
        ("assessment", "/match/"),
        ("evaluation", ResponseFactory().follow_up.get_absolute_url()),
        ("intake", opened.get_absolute_url()),
        ("intake", f"{opened.get_absolute_url()}move/elsewhere/"),
        ("assessment", f"/match/{waits.pk}/?propose={mentor.pk}"),
        ("supervisor", concern.get_absolute_url()),
        ("evaluation", declined.get_absolute_url()),
        ("admin", f"/people/{gone.pk}/"),
        *(("director", f"/bring/{file.pk}/") for file in files),
        ("nobody", f"/join/{token}/"),
    ):
        yield person, path, clients[person].get(path)
    clients["at the lock"] = client_of(made.case_manager)
    yield "at the lock", *answered(clients["at the lock"], "/lock/", {"path": "/search/", "typed": "words=Robin"})
    clients["at the code"] = StrictClient(raise_request_exception=False)
    answer = give_password(clients["at the code"], AuthenticatorAppFactory(user__intake=True).user)
    yield "at the code", "/sign-in/", answer


def steps(made, clients):
    """The pages that only another form leads to: the public form's next steps, and the youth's questions."""
    path, answer = "/refer/", clients["nobody"].get("/refer/")
    for step in (YOU, YOUTH, NOW):
        [form] = [form for form in Walked(answer.content.decode()).forms if "draft" in form.values]
        path, answer = answered(clients["nobody"], path, form.values | step)
        yield "nobody", path, answer
    token = surveys.make_link(FollowUpFactory(), by=made.evaluation, at=timezone.now())
    yield "nobody", f"/s/{token}/", clients["nobody"].get(f"/s/{token}/")
    path, answer = answered(clients["nobody"], f"/s/{token}/", {"language": "en"})
    yield "nobody", f"/s/{token}/stop/", clients["nobody"].get(f"/s/{token}/stop/")
    while path.startswith(f"/s/{token}/") and "done" not in path and answer.status_code == 200:
        yield "nobody", path, answer
        before, (path, answer) = path, answered(clients["nobody"], path, {"skip": "1"})
        if path == before:
            break


def shown(made, clients):
    """(person, address's name, address, what is sent) of every form somebody is shown."""
    pages = [(person, path, clients[person].get(path)) for person, path in open_pages(made)]
    pages += [("nobody", path, clients["nobody"].get(path)) for path in ("/refer/", "/sign-in/")]
    for person, path, answer in [*pages, *rarer(made, clients), *steps(made, clients)]:
        if answer.get("Content-Type", "").startswith("text/html"):
            for name, action, values in forms_of(answer.content.decode(), path):
                yield person, name, action, values
    yield "evaluation", "outcomes:figures_file", "/outcomes/file/", {"kind": "csv", "cohort": ""}
    yield "director", "mentors:leave_find", "/leave/find/", {"person": "Nia"}  # shown where there are many
    yield "director", "people:find", "/people/find/", {"person": "Nia"}  # likewise
    yield "intake", "core:further_look", "/further-look/", {"words": "They called.", "back": "/"}


def takes_a_post():
    """Every address that does not answer a POST of somebody signed in with *not this way*."""
    cells = [(name, row) for (name, method, _), row in matrix.read().items() if method == "POST"]
    refused = {name for name, row in cells if "405" in {row[person] for person in WALKERS}}
    return {name for name, _ in cells} - refused


def test_g51_every_field_of_every_form_takes_what_is_bad(program):
    """Posted as the person who is shown the form, the rest of it filled in, so that it is this field that answers."""
    made, clients = program
    kinds, problems = {}, []
    for person, name, action, values in shown(made, clients):
        fields = tuple(sorted(re.sub(r"^[0-9a-f-]{36}", "…", field) for field in values))
        kinds.setdefault((name, fields), (person, action, values))

    for (name, _), (person, action, values) in kinds.items():
        for field in values or ("nothing it knows",):
            last = NO_SUCH_DAY if A_DAY.match(str(values.get(field))) else HUGE
            for which, text in [*BAD.items(), ("huge", last)]:
                with taken_back(clients[person]):
                    answer = post(clients[person], action, {**values, field: text})
                page = "" if answer.streaming else answer.content.decode("utf-8", "replace")
                if answer.status_code >= 500 or JARGON.search(page) or LEFT.search(answer.get("Location", "")):
                    problems.append(f"{person} {name} {field} ({which}): {answer.status_code}")

    walked = {name for name, _ in kinds}
    assert problems == []
    assert takes_a_post() - walked == set(NOT_WALKED)
