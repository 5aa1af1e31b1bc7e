"""Every address, every role, as somebody would try who wants in: never a 500, never another's record, never a name."""

import os
import re
import uuid
from itertools import cycle, islice

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from cases import access
from cases.models import As, Precision
from mlmc.core.models import Role
from tests.factories import (
    AccessFactory,
    CaseFactory,
    ConcernFactory,
    FollowUpFactory,
    MatchFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    ReferralFactory,
    RespondentFactory,
    SafetyNeedFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
    YouthFactory,
)

pytestmark = pytest.mark.django_db
MARK = "Zanzibelle"
WHOLE = os.environ.get("MLMC_WHOLE") == "1"  # `make test-all`
HOSTILE = ["", "\x00", "x" * 10_000, "\ud800", "🙂", "‮abc", "0000-01-01", "9999-12-31", "2026-02-30", "-1", "1e309"]


def patterns(resolver=None, prefix="", space=""):
    for part in (resolver or get_resolver()).url_patterns:
        route = prefix + str(part.pattern)
        if isinstance(part, URLPattern):
            yield route, part.callback, part
        else:
            yield from patterns(part, route)


ROUTES = sorted({(route, part.name) for route, _, part in patterns()})


# Every name a form of ours posts, so that each gets something hostile at once.
FIELDS = """
    email password name roles team to reason rationale answer words why value held_on minutes more_minutes kind
    reached mood topics safety safety_words handed_over client_key place_kind met_on expectations_agreed
    resolution on_call at way note referrer agency_name referrer_phone referrer_email first_name last_name
    born_on born_year about_age received_at channel languages area wishes hard_nos interests backgrounds
    background_words experiences areas gender texts mentor youth case_manager other link draft step skip
    language code again credential setup next carried path typed session
"""


def filled(route, pk):
    replaced = re.sub("<uuid:[a-z]+>", str(pk), route)
    return "/" + (
        replaced.replace("<str:token>", "no-such-token")
        .replace("<slug:to>", "accepted")
        .replace("<slug:section>", "promises")
        .replace("<slug:role>", "mentor")
        .replace("<slug:kind>", "mentors")
        .replace("<str:name>", "today")
        .replace("<int:number>", "1")
        .replace("<path:rest>", "x")
    )


@pytest.mark.parametrize(("route", "name"), ROUTES)
def test_no_address_breaks_for_anybody_whatever_is_sent(client, route, name):
    """Every word to every address, each by two roles; `make test-all` sends every word as every role."""
    path, words_in_turn = filled(route, uuid.uuid4()), cycle(HOSTILE)

    for role in [None, *Role]:
        if role:
            client.force_login(UserFactory(roles=[role]))
        assert client.get(path).status_code < 500
        for words in HOSTILE if WHOLE else islice(words_in_turn, 2):
            sent = dict.fromkeys(FIELDS.split(), words.encode("utf-8", "replace").decode())
            if name == "sign_out":
                continue
            assert client.post(path, sent).status_code < 500, (role, words[:20])
        client.logout()


@pytest.mark.parametrize("words", HOSTILE if WHOLE else ["", "‮abc", "9999-12-31"], ids=ascii)
def test_no_form_breaks_for_somebody_who_may_do_everything(client, marked, words):
    """All fields at once; one field at a time, with the rest filled in, is tests/test_corpus_walk.py."""
    everybody = marked["mentorship"].mentor.user
    everybody.roles = list(Role)
    everybody.save(update_fields=["roles"])
    case = marked["case"]
    for as_what in (As.SUPERVISOR, As.INTAKE, As.ASSESSMENT, As.SUPPORT, As.CASE_MANAGER):
        AccessFactory(case=case, user=everybody, as_what=as_what)
    waiting = CaseFactory()
    things = [*marked.values(), waiting, MatchFactory(mentorship__mentor=everybody.mentor), UserFactory(intake=True)]
    things += [FollowUpFactory(respondent=RespondentFactory(case=case)), everybody.mentor]
    things.append(MeetingFactory(mentorship=marked["mentorship"], handed_over=True))
    client.force_login(everybody)
    sent = dict.fromkeys(FIELDS.split(), words.encode("utf-8", "replace").decode())

    for route, name in ROUTES:
        for thing in things if "<uuid:pk>" in route else [case]:
            if name not in {"sign_out", "leave", "person"}:
                answer = client.post(filled(route, thing.pk), sent)
                assert answer.status_code < 500, (route, thing)


# Everybody else asks for what is not theirs in tests/test_access_matrix.py.
# The director sees the shell of every case, and evaluation every follow-up by code: they are no strangers here.
AT_HOME = {Role.DIRECTOR, Role.EVALUATION}
STRANGERS = [role for role in Role if role not in AT_HOME] if WHOLE else [Role.MENTOR, Role.SUPERVISOR]


@pytest.mark.parametrize(
    "route",
    [route for route, _ in ROUTES if "<uuid:pk>" in route and not route.startswith("people/")],
)
def test_what_is_there_and_what_never_was_look_the_same_to_a_stranger(client, route):
    team = TeamFactory()
    mentorship = MentorshipFactory(mentor=MentorFactory(user__team=team), case__youth__chosen_name=MARK)
    things = [
        mentorship,
        mentorship.case,
        MeetingFactory(mentorship=mentorship),
        ConcernFactory(case=CaseFactory(access=False, with_mentor=True)),
        MatchFactory(),
        FollowUpFactory(respondent=RespondentFactory(case=mentorship.case)),
    ]

    for role in STRANGERS:
        client.force_login(UserFactory(roles=[role], team=TeamFactory()))
        never = client.get(filled(route, uuid.uuid4())).status_code
        for thing in things:
            answer = client.get(filled(route, thing.pk))
            assert answer.status_code == never, (role, thing)
            assert MARK not in answer.content.decode()


@pytest.fixture
def marked():
    """A youth whose every word would be known again, referred, accepted, with a mentor and a worry."""
    referral = ReferralFactory(
        first_name=MARK,
        last_name=MARK,
        also_known_as=MARK,
        why=MARK,
        safety_words=MARK,
        phone=MARK,
        town=MARK,
        received_text=MARK,
        referrer=MARK,
        born_precision=Precision.UNKNOWN,
    )
    youth = YouthFactory(chosen_name=MARK, pronouns=MARK, guardian=MARK, worker=MARK)
    case = CaseFactory(youth=youth, access=False, with_mentor=True)
    case.record("contact: reached", by=None, note=MARK)
    SafetyNeedFactory(youth=youth, words=MARK)
    mentor = MentorFactory(user__team=TeamFactory())
    mentorship = MentorshipFactory(case=case, mentor=mentor)
    MeetingFactory(mentorship=mentorship, words=MARK, handed_over=False)
    concern = ConcernFactory(case=case, words=MARK)
    return {"referral": referral, "case": case, "mentorship": mentorship, "concern": concern}


def test_the_director_reads_no_name_and_no_word_anywhere(client, marked):
    client.force_login(UserFactory(director=True))
    paths = ["/today/", "/referrals/", "/referrals/?view=table", "/outcomes/", "/people/"]
    paths += [marked["referral"].get_absolute_url(), marked["case"].get_absolute_url()]

    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert MARK not in answer.content.decode(), path
    assert client.get(marked["concern"].get_absolute_url()).status_code == 404
    assert client.get(marked["mentorship"].get_absolute_url()).status_code == 404


def test_support_reads_codes_and_only_what_was_handed_over(client, marked):
    support = UserFactory(support=True, team=marked["mentorship"].mentor.user.team)
    AccessFactory(case=marked["case"], user=support, as_what=As.SUPPORT)
    MeetingFactory(mentorship=marked["mentorship"], words="For the school", handed_over=True)
    client.force_login(support)

    page = client.get("/paperwork/").content.decode()

    assert "For the school" in page
    assert MARK not in page
    assert marked["case"].code in page


def test_the_evaluation_manager_reads_respondent_codes_only(client, marked):
    follow_up = FollowUpFactory(respondent=RespondentFactory(case=marked["case"]))
    client.force_login(UserFactory(evaluation=True))

    for path in ("/follow-ups/", f"/follow-ups/{follow_up.pk}/", "/outcomes/"):
        page = client.get(path).content.decode()
        assert MARK not in page
        assert marked["case"].code not in page


def test_a_wall_beats_every_row(client, marked):
    supervisor = UserFactory(supervisor=True, team=marked["mentorship"].mentor.user.team)
    AccessFactory(case=marked["case"], user=supervisor, as_what=As.SUPERVISOR)
    client.force_login(supervisor)
    assert client.get(marked["case"].get_absolute_url()).status_code == 200

    WallFactory(user=supervisor, youth=marked["case"].youth)

    for thing in ("case", "mentorship", "concern"):
        assert client.get(marked[thing].get_absolute_url()).status_code == 404
    assert MARK not in client.get("/team/").content.decode()


@pytest.mark.parametrize("roles", [["intake"], ["director"], ["assessment"]])
def test_a_wall_hides_the_referral_and_the_worry_too(client, marked, roles):
    referral, case = marked["referral"], marked["case"]
    case.referral = referral
    case.save(update_fields=["referral"])
    user = UserFactory(roles=roles)
    client.force_login(user)
    WallFactory(user=user, youth=case.youth)

    assert client.get(referral.get_absolute_url()).status_code == 404
    assert referral.receipt not in client.get("/referrals/").content.decode()
    if roles != ["assessment"]:
        assert case.code not in client.get("/today/").content.decode()


def test_who_raised_a_worry_reads_it_only_while_they_see_the_youth(client, marked):
    mentor, concern = marked["mentorship"].mentor.user, marked["concern"]
    concern.raised_by = mentor
    concern.save(update_fields=["raised_by"])
    client.force_login(mentor)
    assert client.get(concern.get_absolute_url()).status_code == 200

    access.end(marked["case"], at=timezone.now(), as_what=[As.MENTOR], user=mentor)

    assert client.get(concern.get_absolute_url()).status_code == 404
    assert "Your concern" not in client.get("/my-youth/").content.decode()


def test_somebody_without_a_role_finds_nothing_here(client):
    client.force_login(UserFactory(roles=[]))

    assert client.get("/").status_code == 403


def test_a_former_mentor_loses_the_history(client, marked):
    mentor = marked["mentorship"].mentor.user
    client.force_login(mentor)
    assert client.get(marked["mentorship"].get_absolute_url()).status_code == 200

    access.end(marked["case"], at=timezone.now(), as_what=[As.MENTOR], user=mentor)

    assert client.get(marked["mentorship"].get_absolute_url()).status_code == 404
    assert client.get(f"/check-in/{marked['mentorship'].pk}/").status_code == 404
    assert MARK not in client.get("/my-youth/").content.decode()


def test_the_open_form_posts_nothing_but_its_own_fields(client):
    """A role, a staff mark or an id sent along changes nothing about who is signed in."""
    user = UserFactory(intake=True)
    client.force_login(user)

    client.post("/my-youth/about-me/", {"roles": ["admin"], "id": str(uuid.uuid4())})
    client.post("/referrals/new/", {"roles": ["admin"], "status": "accepted", "receipt": "AAA-AAA-AAA"})

    user.refresh_from_db()
    assert user.roles == ["intake"]


ID = "01890000-0000-7000-8000-000000000000"
SPOTS = [f"x_{ID}", f"_{ID}", f"0001-01-01T00:00:00+14:00_{ID}", f"9999-12-31T23:59:59-14:00_{ID}", "_", "\x00", ID]
SPOTS += [f"2026-02-30_{ID}", f"2026-01-01T10:00:00_{ID}", f"0001-01-01_{ID}", f"9999-12-31_{ID}"]


@pytest.mark.parametrize("spot", SPOTS, ids=ascii)
def test_a_place_in_a_list_that_nobody_gave_out_is_the_beginning(client, marked, spot):
    mentor = marked["mentorship"].mentor.user
    mentor.roles = list(Role)
    mentor.save(update_fields=["roles"])
    client.force_login(mentor)
    lists = ["/paperwork/", "/match/", "/follow-ups/", "/referrals/", marked["mentorship"].get_absolute_url()]

    for path in [*lists, marked["case"].get_absolute_url()]:
        for name in ("after", "before"):
            assert client.get(path, {name: spot}).status_code == 200, path
