"""What a youth chose to tell, for matching: written down by who works with them, refused from anybody else."""

import pytest

from cases.models import As
from mlmc.core.models import Role
from tests.factories import AccessFactory, CaseFactory, UserFactory

pytestmark = pytest.mark.django_db
TOLD = {
    "languages": ["es", "en"],
    "area": "lynn",
    "wishes": ["near"],
    "hard_nos": ["no_men"],
    "interests": ["music", "art"],
    "experiences": ["kin"],
    "backgrounds": ["latina"],
    "background_words": "Dominican, from Lynn",
}


def test_what_a_youth_told_is_written_down_with_a_line_on_the_timeline(client):
    case = CaseFactory()
    client.force_login(UserFactory(assessment=True))

    answer = client.post(f"/cases/{case.pk}/told/", TOLD)

    case.youth.refresh_from_db()
    assert answer.headers["Location"] == case.get_absolute_url()
    assert {name: getattr(case.youth, name) for name in TOLD} == TOLD
    assert case.events.filter(what__contains="chose to tell").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"wishes": ["a pony"]}, {"area": "atlantis"}, {"background_words": "x" * 201}, {"background_words": "a\x00b"}],
    ids=str,
)
def test_something_else_than_the_list_is_said_beside_the_field_and_nothing_changes(client, wrong):
    case = CaseFactory()
    before = case.youth.wishes
    client.force_login(UserFactory(assessment=True))

    answer = client.post(f"/cases/{case.pk}/told/", TOLD | wrong)

    case.youth.refresh_from_db()
    assert answer.status_code == 200
    assert "invalid-feedback" in answer.content.decode()
    assert (case.youth.wishes, case.youth.background_words) == (before, "")


@pytest.mark.parametrize(
    ("role", "as_what", "status"),
    [
        (Role.SUPERVISOR, As.SUPERVISOR, 302),
        (Role.CASE_MANAGER, As.CASE_MANAGER, 302),
        (Role.SUPERVISOR, None, 404),
        (Role.MENTOR, As.MENTOR, 404),
        (Role.SUPPORT, As.SUPPORT, 404),
        (Role.DIRECTOR, None, 404),
        (Role.EVALUATION, None, 404),
    ],
)
def test_only_who_works_with_the_youth_writes_it_down(client, role, as_what, status):
    case, user = CaseFactory(access=False), UserFactory(roles=[role])
    if as_what:
        AccessFactory(case=case, user=user, as_what=as_what)
    client.force_login(user)

    assert client.post(f"/cases/{case.pk}/told/", TOLD).status_code == status
