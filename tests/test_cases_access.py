"""Who may see a youth and who has; walls; a case opened in an emergency (G12, G13, G60)."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from cases import access, emergency, trail
from cases.models import Access, As, Case, Emergency, Wall
from mlmc.core.models import AuditEntry, Change, OutboxRow
from tests.conftest import acting
from tests.factories import AccessFactory, CaseFactory, UserFactory, WallFactory, YouthFactory
from tests.pages import sign_in, text

pytestmark = pytest.mark.django_db
REASON = "They called from the bus station and I have to reach their worker."
OPEN, REVIEWS = "/emergency/", "/emergency/reviews/"


@pytest.fixture
def case():
    return CaseFactory(youth=YouthFactory(identity=True, chosen_name="Wren B."), access=False)


@pytest.fixture
def supervisor(case):
    """Who supervises this youth."""
    return AccessFactory(case=case).user


def opens(client, case, reason=REASON):
    return client.post(OPEN, {"code": case.youth.code, "reason": reason})


# Who may see, who has seen


def test_who_may_see_and_who_has_seen_are_one_page(client, case, supervisor):
    client.force_login(supervisor)
    AccessFactory(case=case, user=UserFactory(name="Gwen Hale"), as_what=As.SUPPORT, until=timezone.now())
    client.get(case.get_absolute_url())

    page = text(client.get(case.get_access_url()))

    assert "Gwen H." in page  # could before
    assert supervisor.short_name in page
    assert "Saw the case page" in page
    assert "Wren B." in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("supervisor", 200), ("director", 200), ("intake", 404), ("evaluation", 404), ("admin", 404), ("walled", 404)],
)
def test_the_page_is_shown_to(client, case, supervisor, who, status):
    people = {"supervisor": supervisor, "walled": UserFactory(director=True)}
    WallFactory(user=people["walled"], youth=case.youth)
    client.force_login(people.get(who) or UserFactory(**{who: True}))

    response = client.get(case.get_access_url())

    assert response.status_code == status
    assert ("Wren" in text(response)) == (who == "supervisor")


def test_a_refusal_is_seen_there_too_and_the_list_continues(client, case, supervisor):
    client.force_login(supervisor)
    for _ in range(42):
        client.get(case.get_absolute_url())
    first = client.get(case.get_access_url())

    second = client.get(case.get_access_url(), {"before": first.context["before"]})

    assert len(first.context["lines"]) == 40
    assert len(second.context["lines"]) == 2
    assert client.get(case.get_access_url(), {"before": "nonsense"}).status_code == 200


def test_what_somebody_did_stands_there_in_words_whatever_page_it_was():
    apps = ["cases", "mentors", "matching", "outcomes"]
    routes = [(app, name) for app in apps for name in get_resolver().namespace_dict[app][1].reverse_dict]
    names = [f"{app}:{name}" for app, name in routes if isinstance(name, str)]

    assert len(names) > 40
    assert [name for name in names if name not in trail.WORDS] == []


# Walls


def test_g12_a_wall_shuts_out_at_once_whoever_it_is_about(client, case, supervisor):
    client.force_login(supervisor)
    colleague = AccessFactory(case=case, user=UserFactory(supervisor=True)).user

    client.post(reverse("cases:wall_add", args=[case.pk]), {"person": colleague.pk})

    assert Wall.objects.filter(user=colleague, youth=case.youth).exists()
    client.force_login(colleague)
    assert client.get(case.get_absolute_url()).status_code == 404


def test_g12_whoever_keeps_themselves_away_is_out_as_well(client, case, supervisor):
    client.force_login(supervisor)

    answer = client.post(reverse("cases:wall_add", args=[case.pk]), {"person": supervisor.pk})

    assert answer.url == "/"
    assert client.get(case.get_absolute_url()).status_code == 404


def test_g12_a_wall_is_taken_down_by_the_director_alone_and_the_history_keeps_it(client, case, supervisor):
    wall = WallFactory(youth=case.youth)
    down = reverse("cases:wall_remove", args=[case.pk, wall.pk])
    client.force_login(supervisor)
    assert client.post(down).status_code == 403

    sign_in(client, director=True)
    client.post(down)

    assert not Wall.objects.exists()
    assert Change.objects.filter(table_name="cases_wall", gone=True).count() == 1


@pytest.mark.parametrize("who", ["intake", "mentor", "admin", "evaluation"])
def test_nobody_else_makes_a_wall(client, case, who):
    sign_in(client, **{who: True})

    assert client.post(reverse("cases:wall_add", args=[case.pk]), {"person": UserFactory().pk}).status_code == 404
    assert not Wall.objects.exists()


# In an emergency


@pytest.mark.parametrize("who", ["intake", "assessment", "case_manager", "supervisor", "director"])
def test_g13_one_case_is_open_for_an_hour_and_the_trail_says_why(client, case, who):
    user, other = sign_in(client, **{who: True}), CaseFactory(access=False)
    assert client.get(case.get_absolute_url()).status_code == (200 if who == "director" else 404)

    answer = opens(client, case)

    assert answer.url == case.get_absolute_url()
    page = client.get(answer.url)
    assert page.status_code == 200
    assert "Wren B." in text(page)
    assert client.get(other.get_absolute_url()).status_code == (200 if who == "director" else 404)
    row = Access.objects.get(user=user)
    assert (row.as_what, row.until - row.begins) == (As.BREAK_GLASS, timedelta(minutes=60))
    shown = AuditEntry.objects.filter(user_id=user.pk, act="view", cases=[case.pk]).order_by("lane", "seq").last()
    assert shown.why == "opened in an emergency"


def test_g13_after_an_hour_it_is_shut(client, case):
    user = sign_in(client, supervisor=True)
    opens(client, case)
    Access.objects.filter(user=user).update(until=timezone.now())

    assert client.get(case.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("who", ["mentor", "support", "evaluation", "admin"])
def test_g13_it_is_not_offered_to(client, case, who):
    sign_in(client, **{who: True})

    assert client.get(OPEN).status_code == 403
    assert opens(client, case).status_code == 403
    assert not Emergency.objects.exists()


@pytest.mark.parametrize("reason", ["", "urgent", "x" * 19])
def test_g13_a_reason_is_a_sentence(client, case, reason):
    sign_in(client, director=True)

    assert opens(client, case, reason).status_code == 200
    assert not Emergency.objects.exists()


def test_g12_g13_a_wall_and_a_code_that_is_none_get_the_same_answer(client, case):
    walled = sign_in(client, supervisor=True)
    WallFactory(user=walled, youth=case.youth)

    behind = text(opens(client, case))
    nowhere = text(client.post(OPEN, {"code": "Y-9999", "reason": REASON}))

    assert plain(behind, case.youth.code) == plain(nowhere, "Y-9999")
    assert "opens nothing for you" in behind
    assert not Access.objects.filter(user=walled).exists()


def plain(page, code):
    return re.sub('(csrf-?[a-z]+" (?:content|value)=)"[^"]*"', r"\1", page.replace(code, "…"), flags=re.I)


@pytest.mark.parametrize("role", ["supervisor", "director"])
def test_g12_a_wall_hides_an_emergency_from_who_would_review_it(client, case, supervisor, role):
    sign_in(client, intake=True)
    opens(client, case)
    [row] = Emergency.objects.all()
    walled = sign_in(client, **{role: True})
    WallFactory(user=walled, youth=case.youth)

    page = text(client.get(REVIEWS))
    client.post(reverse("cases:emergency_review", args=[row.pk]), {f"{row.pk}-finding": "It was needed, all of it."})

    assert case.youth.code not in page
    assert REASON not in page
    assert AuditEntry.objects.filter(user_id=walled.pk, cases__contains=[case.pk]).count() == 0
    row.refresh_from_db()
    assert row.reviewed_at is None
    emergency.review(row.pk, by=supervisor, at=timezone.now(), finding="It was needed, and no more.")
    assert case.youth.code not in text(client.get(REVIEWS))


def test_g12_whom_a_wall_keeps_away_is_not_told_of_an_emergency(client, case, supervisor):
    WallFactory(user=supervisor, youth=case.youth)
    other = UserFactory(supervisor=True)
    sign_in(client, intake=True)

    opens(client, case)

    assert [row.recipient for row in OutboxRow.objects.all()] == [other]


def test_g60_an_emergency_that_opened_nothing_is_a_refusal_in_the_trail(client, case):
    user = sign_in(client, supervisor=True)

    client.post(OPEN, {"code": "Y-9999", "reason": REASON})

    line = AuditEntry.objects.filter(user_id=user.pk).latest("seq")
    assert (line.act, line.why, line.cases) == ("deny", "a code that opens nothing", [])


def test_g13_a_form_that_is_sent_twice_opens_one_emergency(client, case, supervisor):
    sign_in(client, intake=True)

    first, second = opens(client, case), opens(client, case)

    assert first.headers["Location"] == second.headers["Location"] == case.get_absolute_url()
    assert Emergency.objects.count() == Access.objects.filter(as_what=As.BREAK_GLASS).count() == 1
    assert OutboxRow.objects.count() == 1


def test_g13_once_the_hour_is_over_it_can_be_opened_anew(client, case, supervisor):
    sign_in(client, intake=True)
    opens(client, case)
    Access.objects.filter(as_what=As.BREAK_GLASS).update(until=timezone.now())

    opens(client, case)

    assert Emergency.objects.count() == 2


def test_g13_the_supervisor_and_the_director_are_told_at_once_and_not_who_did_it(client, case, supervisor):
    director, stranger = UserFactory(director=True), UserFactory(supervisor=True)
    user = sign_in(client, intake=True, director=True)

    opens(client, case)

    told = set(OutboxRow.objects.values_list("recipient", flat=True))
    assert told == {director.pk, supervisor.pk}
    assert {stranger.pk, user.pk}.isdisjoint(told)


def test_g13_a_second_person_looks_at_it_and_shuts_it(client, case, supervisor):
    opener = sign_in(client, director=True)
    opens(client, case)
    client.get(case.get_absolute_url())
    Access.objects.update(begins=timezone.now() - timedelta(minutes=5))  # all of a test happens at one moment
    [row] = Emergency.objects.all()
    review = reverse("cases:emergency_review", args=[row.pk])
    words = {f"{row.pk}-finding": "It was needed, and it was only what was needed."}
    assert "You opened it yourself" in text(client.get(REVIEWS))
    client.post(review, words)
    row.refresh_from_db()
    assert row.reviewed_at is None

    client.force_login(supervisor)
    page = text(client.get(REVIEWS))
    assert REASON in page
    assert re.search(r"\d pages opened", page)
    assert client.post(review, {f"{row.pk}-finding": "fine"}).status_code == 200
    client.post(review, words)

    row.refresh_from_db()
    assert (row.reviewed_by, row.finding) == (supervisor, words[f"{row.pk}-finding"])
    assert not Access.objects.open_to(opener).exists()
    assert "Nothing waits here" in text(client.get(REVIEWS))
    client.post(review, words)
    assert Emergency.objects.get().reviewed_at == row.reviewed_at


def test_g13_what_nobody_looked_at_in_three_days_goes_to_the_director_once(case):
    director, opener = UserFactory(director=True), UserFactory(intake=True)
    at = timezone.now()
    with acting(opener), transaction.atomic():
        emergency.open_case(case.youth.code, by=opener, at=at, reason=REASON)
    OutboxRow.objects.all().delete()

    emergency.escalate(at=at + timedelta(hours=71))
    assert not OutboxRow.objects.exists()
    for _ in range(2):
        emergency.escalate(at=at + timedelta(hours=72))

    assert [row.recipient for row in OutboxRow.objects.all()] == [director]
    assert Emergency.objects.get().escalated_at == at + timedelta(hours=72)


def test_a_reason_is_sealed(case):
    opener = UserFactory(intake=True)
    with acting(opener), transaction.atomic():
        emergency.open_case(f" {case.youth.code.lower()} ", by=opener, at=timezone.now(), reason=REASON)

    assert REASON.encode() not in bytes(Emergency.objects.values_list("reason", flat=True)[0])
    assert Emergency.objects.get().reason == REASON


def test_the_newest_episode_is_the_one_that_opens(case):
    newer = CaseFactory(youth=case.youth, episode=2, access=False)
    opener = UserFactory(intake=True)
    with acting(opener), transaction.atomic():
        assert emergency.open_case(case.youth.code, by=opener, at=timezone.now(), reason=REASON) == newer


# Rights are rows, and end (G10, G11, G14)


def test_g11_a_right_that_ends_ends_with_the_next_request(client, case, supervisor):
    client.force_login(supervisor)
    assert client.get(case.get_absolute_url()).status_code == 200

    access.end(case, at=timezone.now(), as_what=[As.SUPERVISOR])

    assert client.get(case.get_absolute_url()).status_code == 404


def test_g10_a_right_that_ends_between_page_and_answer_is_gone(client, case, supervisor):
    client.force_login(supervisor)
    client.get(case.get_absolute_url())
    access.end(case, at=timezone.now(), as_what=[As.SUPERVISOR])

    answer = client.post(reverse("cases:case_told", args=[case.pk]), {"languages": ["es"], "area": ""})

    assert answer.status_code == 404
    assert Case.objects.get(pk=case.pk).youth.languages == ["en"]
