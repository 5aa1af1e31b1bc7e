"""Who gets which page of welcoming, what it shows and what it never does."""

import pytest
from django.urls import reverse

from tests.factories import (
    CaseFactory,
    ReferralFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
QUEUE = reverse("cases:referrals")
ROLES = ["intake", "assessment", "mentor", "case_manager", "support", "supervisor", "evaluation", "director", "admin"]


def sign_in(client, **roles):
    user = UserFactory(**roles)
    client.force_login(user)
    return user


def text(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("who", "queue", "form", "page"),
    [
        ("intake", 200, 200, 200),
        ("assessment", 200, 200, 200),
        ("director", 200, 403, 200),
        ("mentor", 403, 403, 403),
        ("case_manager", 403, 403, 403),
        ("support", 403, 403, 403),
        ("supervisor", 403, 403, 403),
        ("evaluation", 403, 403, 403),
        ("admin", 403, 403, 403),
        (None, 302, 302, 302),
    ],
)
def test_the_pages_of_welcoming_are_shown_to(client, who, queue, form, page):
    referral = ReferralFactory()
    if who:
        sign_in(client, **{who: True})

    urls = [QUEUE, reverse("cases:referral_new"), referral.get_absolute_url()]
    assert [client.get(url).status_code for url in urls] == [queue, form, page]


def test_x(client):
    sign_in(client, intake=True)
    case = CaseFactory()
    for url in [
        QUEUE,
        QUEUE + "?view=board",
        QUEUE + "?view=table&late=reply&source=how:fax&area=lynn&mine=on",
        case.get_absolute_url(),
    ]:
        r = client.get(url)
        assert r.status_code == 200, url
    r = client.get(reverse("cases:refer"))
    assert r.status_code == 200
