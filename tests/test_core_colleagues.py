"""A colleague is chosen from a list while there are few, and found by name where they are many."""

import pytest
from django.urls import reverse

from cases.access_forms import WallForm
from cases.models import As, Wall
from mentors import leave
from mentors.leave_forms import PlanLeaveForm
from mlmc.core import colleagues
from mlmc.core.colleagues import NOBODY, TOO_MANY, WHO
from mlmc.core.models import User
from tests.factories import AccessFactory, MentorFactory, TeamFactory, UserFactory
from tests.pages import sign_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr(colleagues, "FEW", 2)
    monkeypatch.setattr(colleagues, "FOUND", 3)


@pytest.fixture
def four(many):
    names = ("Ana Cole", "Joana Cole", "Robin Keane", "Sol Ortega")
    return {name: UserFactory(mentor=True, name=name) for name in names}


def wall(**said):
    return WallForm(said)


def error(form):
    return form.errors.get("person", [""])[0]


def test_few_are_a_list_as_before():
    ana = UserFactory(name="Ana Cole", mentor=True)

    form = wall(person=str(ana.pk))

    assert "<select" in str(form["person"]) and "Ana Cole, survivor mentor" in str(form["person"])
    assert form.is_valid() and form.cleaned_data["person"] == ana


def test_of_many_no_name_is_on_the_page_before_one_is_typed(four):
    page = str(WallForm()["person"])

    assert "<select" not in page and "Cole" not in page and 'type="text"' in page


@pytest.mark.parametrize("words", ["Ana Cole", " ana   COLE ", "email"])
def test_a_whole_name_or_an_email_is_somebody(four, words):
    words = four["Ana Cole"].email.upper() if words == "email" else words

    assert wall(person=words).is_valid()
    form = wall(person=words)
    assert form.is_valid() and form.cleaned_data["person"] == four["Ana Cole"]


def test_of_a_name_typed_in_part_nobody_is_taken_unseen_not_even_the_only_one(four):
    for words, names in (("ana", ["Ana Cole", "Joana Cole"]), ("rob", ["Robin Keane"])):
        form = wall(person=words)

        assert not form.is_valid() and error(form) == WHO
        assert [one.name for one in form.fields["person"].widget.found] == names
        assert f'value="{words}"' in str(form["person"])

    form = wall(person="ana", person_is=str(four["Joana Cole"].pk))
    assert form.is_valid() and form.cleaned_data["person"] == four["Joana Cole"]


def test_another_name_typed_beats_what_was_chosen_before(four):
    form = wall(person="sol", person_is=str(four["Ana Cole"].pk))

    assert not form.is_valid() and [one.name for one in form.fields["person"].widget.found] == ["Sol Ortega"]


def test_two_of_the_same_name_are_shown_to_choose_from(four):
    twin = UserFactory(name="Ana Cole", supervisor=True)

    assert error(wall(person="Ana Cole")) == WHO
    assert wall(person="Ana Cole", person_is=str(twin.pk)).is_valid()


@pytest.mark.parametrize("words", ["Zo", "nobody@example.org", "x" * 5000, "a\0b", "%", "' or 1=1 --"])
def test_who_is_not_there_is_answered_in_one_way(four, words):
    assert error(wall(person=words)) == NOBODY


def test_who_may_not_be_chosen_is_answered_as_who_never_was(four):
    gone = UserFactory(name="Gwen Hale", is_active=False)

    assert error(wall(person="Gwen Hale")) == error(wall(person="Gw")) == NOBODY
    assert not wall(person="Gwen", person_is=str(gone.pk)).is_valid()
    assert not wall(person="", person_is=str(gone.pk)).is_valid()


def test_too_many_who_fit_are_not_listed_and_a_whole_name_still_counts(four):
    UserFactory(name="Cole", mentor=True), UserFactory(name="Nicole Ray", mentor=True)

    assert error(wall(person="o")) == TOO_MANY and "Ortega" not in str(wall(person="o")["person"])
    assert wall(person="cole").is_valid()


def test_nothing_typed_is_asked_for_where_somebody_is_needed(four):
    assert error(wall(person="")) == "Choose somebody."
    assert error(wall(person="  ")) == "Choose somebody."


def test_the_cover_is_found_among_those_who_can_cover(four):
    intake = UserFactory(intake=True, name="Ines Intake")
    said = {"first": "2199-01-01", "last": "2199-01-02", "kind": "time_off"}

    def cover(words):
        form = PlanLeaveForm(said | {"cover": words}, person=four["Robin Keane"], youth=[])
        form.is_valid()
        return form.cleaned_data.get("cover"), form.errors.get("cover")

    assert cover("Sol Ortega") == (four["Sol Ortega"], None)
    assert cover(intake.name)[1] == [NOBODY] == cover("Robin Keane")[1]
    assert cover("") == (None, None)


def test_somebody_is_kept_away_by_name(client, four):
    row = AccessFactory(user=UserFactory(supervisor=True), as_what=As.SUPERVISOR)
    client.force_login(row.user)
    address = reverse("cases:wall_add", args=[row.case_id])

    asked = text(client.post(address, {"person": "joana"}))
    assert "Who it is" in asked and not Wall.objects.exists()
    client.post(address, {"person": "joana", "person_is": four["Joana Cole"].pk})

    assert Wall.objects.get().user == four["Joana Cole"]


def test_where_many_may_be_away_one_is_found_by_name(client, four):
    sign_in(client, director=True)

    page = text(client.get(reverse("mentors:leaves")))
    found = client.post(reverse("mentors:leave_find"), {"person": "Ana Cole"})
    asked = text(client.post(reverse("mentors:leave_find"), {"person": "cole"}))

    assert "Whose time away is it?" in page and "Ana Cole" not in page
    assert found.url == reverse("mentors:leave_plan", args=[four["Ana Cole"].pk])
    assert "Joana Cole, " in asked and WHO in asked


@pytest.mark.parametrize("role", ["director", "supervisor", "mentor", "admin", "case_manager"])
def test_whose_days_somebody_enters_is_one_rule_in_python_and_in_the_database(role):
    team = TeamFactory()
    user = UserFactory(**{role: True}, team=team)
    for one in (team, TeamFactory(), None):
        MentorFactory(user__team=one)
        for other in ("support", "supervisor", "director", "admin"):
            UserFactory(**{other: True}, team=one)

    for reader in (user, UserFactory(supervisor=True, team=None)):
        asked = set(User.objects.exclude(pk=reader.pk).filter(leave.granted_by(reader)))
        assert asked == {one for one in User.objects.exclude(pk=reader.pk) if leave.may_grant(reader, one)}
