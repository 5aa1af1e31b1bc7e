"""The hundred bad inputs through the pages: what is kept is what was typed, or a plain sentence says why not (G51)."""

import re
import uuid
from datetime import timedelta
from io import StringIO
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from cases import public_form
from cases.forms import ReferralForm
from cases.models import As, Contact, Referral
from mentors.models import Meeting
from mlmc.core.forms import PlainText, is_odd
from mlmc.core.models import FurtherLook, Role, User
from tests.corpus import FILES, TEXTS
from tests.factories import (
    AccessFactory,
    CaseFactory,
    ConcernFactory,
    MentorFactory,
    MentorshipFactory,
    ReferralFactory,
    TeamFactory,
    UserFactory,
)
from tests.test_cases_public import NOW as RIGHT_NOW
from tests.test_cases_public import YOU, YOUTH, send

pytestmark = pytest.mark.django_db
LARGE = 2_000_000
SMALL = {name: text for name, text in TEXTS.items() if len(text) < 10_000}
TWENTY = {name: text for name, text in SMALL.items() if name.startswith(("unicode", "direction", "control"))}
TWENTY = {name: text for name, text in TWENTY.items() if len(text) < 80}
JARGON = re.compile(r"Traceback|psycopg|DataError|IntegrityError|ValidationError|Ensure this|UUID")


def typed(text):
    """As it arrives: nobody can send half a character, a browser puts its mark there."""
    return text.encode("utf-8", "replace" if "\ud800" not in text else "surrogatepass").decode("utf-8", "replace")


def trouble(answer):
    return answer.status_code >= 500 or JARGON.search(answer.content.decode())


def test_a_referral_keeps_every_word_of_the_corpus_or_says_why_not(client):
    """G51. Each text in every field that has room for it, one referral per text."""
    client.force_login(UserFactory(intake=True))
    fields = {name: one for name, one in ReferralForm.base_fields.items() if type(one) is PlainText}
    fields = {name: one for name, one in fields.items() if not name.startswith("born_")}
    base = {"channel": "phone", "received_at": f"{timezone.localtime():%Y-%m-%d %H:%M}", "missing": "no"}

    for name, text in TEXTS.items():
        words = typed(text)
        if len(words) > LARGE:
            assert client.post("/referrals/new/", {"why": words}).status_code == 413
            continue
        size = len(words.strip())
        fits = [one for one, field in fields.items() if size <= field.max_length and len(words) <= 20_000]
        sent = base | dict.fromkeys(fits or ["why"], words) | {"client_key": uuid.uuid4()}
        if not words.strip() or "last_name" not in sent:
            sent["last_name"] = "Okafor"

        answer = client.post("/referrals/new/", sent)

        kept = Referral.objects.filter(client_key=sent["client_key"]).first()
        assert not trouble(answer), name
        assert (kept is None) == (is_odd(words.strip()) or not fits), name
        if kept:
            assert answer.status_code == 302
            for field in set(fits) - {"agency_name"}:
                expected = sent[field] if field == "received_text" else sent[field].strip()
                assert getattr(kept, field) == expected or not expected, (name, field)
        else:
            assert "invalid-feedback" in answer.content.decode(), name


@pytest.mark.parametrize("name", [name for name, one in ReferralForm.base_fields.items() if type(one) is PlainText])
def test_one_letter_too_many_is_said_and_nothing_is_cut(client, name):
    """G51."""
    client.force_login(UserFactory(intake=True))
    most = ReferralForm.base_fields[name].max_length
    sent = {"channel": "phone", "received_at": f"{timezone.localtime():%Y-%m-%d %H:%M}", "client_key": uuid.uuid4()}
    sent |= {"last_name": "Okafor", "missing": "no"}

    page = client.post("/referrals/new/", sent | {name: "R" * (most + 1)}).content.decode()

    assert f"Keep this under {most:,} characters." in page
    assert not Referral.objects.exists()


def test_a_check_in_keeps_every_word_of_the_corpus_or_says_why_not(client):
    """G51."""
    mentorship = MentorshipFactory()
    client.force_login(mentorship.mentor.user)

    for name, text in list(SMALL.items())[::3]:  # a check-in asks much; the fields are those of the referral
        words, key = typed(text), str(uuid.uuid4())
        said = {"client_key": key, "kind": "text", "reached": "yes", "held_on": timezone.localdate().isoformat()}
        answer = client.post(reverse("mentors:check_in", args=[mentorship.pk]), said | {"words": words})

        kept = Meeting.objects.filter(client_key=key).first()
        assert not trouble(answer), name
        assert (kept is None) == (is_odd(words.strip()) or len(words.strip()) > 2000), name
        assert kept is None or kept.words == words.strip(), name


@pytest.mark.parametrize("name", TWENTY)
def test_the_public_form_carries_a_word_through_four_steps(client, name):
    """G51. Sealed in the draft, shown again before sending, and kept as it was."""
    words = typed(TWENTY[name])
    steps = [YOU | {"referrer": words}, YOUTH | {"first_name": words}, RIGHT_NOW | {"why": words}]

    if is_odd(words):
        answer = client.post(reverse("cases:refer"), steps[0] | {"step": 1})
        assert "Some characters here cannot be read." in answer.content.decode()
        return
    answer = send(client, *steps)

    kept = Referral.objects.get()
    assert answer.status_code == 200
    assert (kept.first_name, kept.why) == (words.strip(), words.strip())
    assert kept.referrer == f"{words.strip()}, DCF Park St"


@pytest.mark.parametrize("text", SMALL.values(), ids=ascii)
def test_a_draft_that_is_none_is_a_new_one(client, text):
    """G51. What lies between the steps is nobody's to write."""
    answer = client.post(reverse("cases:refer"), {"draft": typed(text), "step": typed(text)})

    assert answer.status_code == 200
    assert public_form.opened(typed(text))["answers"] == {}


def note_of_a_contact(client, words):
    case = CaseFactory()
    client.force_login(UserFactory(assessment=True))
    at = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    answer = client.post(f"/cases/{case.pk}/contact/", {"at": at, "way": "call", "reached": "no", "note": words})
    return answer, [contact.note for contact in Contact.objects.filter(case=case)]


def what_a_youth_told(client, words):
    case = CaseFactory()
    client.force_login(UserFactory(assessment=True))
    answer = client.post(f"/cases/{case.pk}/told/", {"background_words": words})
    case.youth.refresh_from_db()
    return answer, [case.youth.background_words] if case.youth.background_words else []


def how_a_worry_ended(client, words):
    supervisor = UserFactory(supervisor=True)
    concern = ConcernFactory(case=CaseFactory(with_mentor=True), told=supervisor)
    AccessFactory(case=concern.case, user=supervisor, as_what=As.SUPERVISOR)
    client.force_login(supervisor)
    client.post(f"/concerns/{concern.pk}/acknowledge/")
    answer = client.post(f"/concerns/{concern.pk}/resolve/", {"resolution": words})
    concern.refresh_from_db()
    return answer, [concern.resolution] if concern.resolved_at else []


def who_is_invited(client, words):
    client.force_login(UserFactory(admin=True))
    email = f"{uuid.uuid4().hex}@example.org"
    sent = {"name": words, "email": email, "roles": ["mentor"], "team": TeamFactory().pk}
    answer = client.post("/people/invite/", sent)
    return answer, User.objects.filter(email=email).values_list("name", flat=True)


def why_many_are_opened(client, words):
    client.force_login(UserFactory(intake=True))
    answer = client.post("/further-look/", {"words": words, "back": "/"})
    return answer, [look.words for look in FurtherLook.objects.all()]


@pytest.mark.parametrize(
    ("fill", "most"),
    [(note_of_a_contact, 2000), (what_a_youth_told, 200), (how_a_worry_ended, 2000), (who_is_invited, 80)]
    + [(why_many_are_opened, 300)],
)
@pytest.mark.parametrize("name", ["unicode: decomposed", "unicode: zalgo", "control: nul", "direction: override"])
def test_the_other_forms_keep_it_or_say_why_not(client, fill, most, name):
    """G51."""
    words = typed(TEXTS[name])

    answer, kept = fill(client, words)

    assert not trouble(answer)
    assert list(kept) == ([] if is_odd(words) or len(words) > most else [words.strip()])


LISTS = ["/referrals/", "/referrals/?view=table", "/match/", "/follow-ups/", "/paperwork/", "/outcomes/", "/today/"]
LISTS += ["/my-youth/", "/team/", "/people/", "/sign-in/", "/refer/", "/s/x/", "/emergency/reviews/"]
PARAMETERS = ["after", "before", "show", "view", "lang", "next", "source", "area", "mine", "late", "cohort", "wave"]
PARAMETERS += ["status", "who", "q", "page", "kind", "pk", "step", "when"]


@pytest.fixture
def everybody(client):
    """Somebody in every role, who comes past every door."""
    user = MentorFactory(user__team=TeamFactory()).user
    user.roles = list(Role)
    user.save(update_fields=["roles"])
    MentorshipFactory(mentor=user.mentor)
    ReferralFactory()
    client.force_login(user)
    return user


# One of each kind of trouble: a page of a list asks much, so each gets these and not the hundred.
ODDEST = ["unicode: half a character", "direction: override", "control: nul", "control: header", "sql: quote"]
ODDEST += [
    "sql: actor",
    "xss: attribute",
    "template: settings",
    "paths: up",
    "numbers: year nought",
    "numbers: no such day",
]


@pytest.mark.parametrize("path", LISTS)
def test_what_stands_behind_the_question_mark_breaks_no_list(client, everybody, path):
    """G51. In every parameter at once; what looks like a place in a list is in tests/test_attacks.py."""
    for name in ODDEST:
        assert client.get(path, dict.fromkeys(PARAMETERS, typed(TEXTS[name]))).status_code < 500, name


PIECES = ["/s/{}/", "/s/{}/1/", "/s/token/{}/", "/s/{}/stop/", "/join/{}/", "/cases/{}/", "/referrals/{}/", "/{}/"]
PIECES += ["/referrals/01890000-0000-7000-8000-000000000000/move/{}/", "/static/{}"]


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_of_an_address_breaks_nothing(client, everybody, piece):
    """G51, G55. Nothing outside the static files is read, whatever the path says."""
    for name in [*ODDEST, *(one for one in SMALL if one.startswith(("paths", "size")))]:
        text = SMALL[name]
        path = piece.format(quote(text.encode("utf-8", "surrogatepass"), safe=""))
        answer = client.get(path)
        assert answer.status_code in (200, 301, 302, 403, 404, 405, 429), (name, answer.status_code)
        assert b"root:" not in answer.getvalue(), name


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", ["import_referrals", "import_answers"])
def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path, name, command):
    """G51, G53. Within a second, and nothing is stored."""
    title, content = FILES[name]
    path = tmp_path / title
    if content is None:
        path.symlink_to("/etc/shadow")
    else:
        path.write_bytes(content)
    began = timezone.now()

    try:
        call_command(command, str(path), "--as", UserFactory(intake=True, evaluation=True).email, stdout=StringIO())
        said = ""
    except CommandError as problem:
        said = str(problem)

    assert timezone.now() - began < timedelta(seconds=1)
    assert said or name == "wrong magic"  # its first line is that of a file of referrals, so each row has its say
    assert not JARGON.search(said)
    assert "root:" not in said
    assert name == "wrong magic" or not Referral.objects.exists()
