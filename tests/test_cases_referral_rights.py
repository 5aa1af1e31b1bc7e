"""Who reads a referral, and in whose eyes it has a name: while it is open, after that, and behind a wall."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import As, Referral
from tests.conftest import acting
from tests.factories import AccessFactory, CaseFactory, ReferralFactory, UserFactory, WallFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("other", [As.SUPPORT, "director"])
def test_a_referral_whose_welcome_is_over_opens_no_name_by_the_role_of_intake(client, other):
    """Several roles are together no more than each of them."""
    long_ago = timezone.now() - timedelta(days=90)
    decided = {"referral__status": "accepted", "referral__decided_at": long_ago}
    case = CaseFactory(with_mentor=True, access=False, referral__first_name="Quillonia", **decided)
    user = UserFactory(roles=["intake", str(other)])
    if other == As.SUPPORT:
        AccessFactory(case=case, user=user, as_what=As.SUPPORT)
    client.force_login(user)

    answer = client.get(f"/referrals/{case.referral_id}/")

    assert answer.status_code == 200
    assert "Quillonia" not in answer.content.decode()


@pytest.mark.parametrize("role", ["director", "intake"])
def test_what_was_merged_into_a_walled_youths_referral_is_walled_too(client, role):
    user, case = UserFactory(roles=[role]), CaseFactory(access=False)
    second = ReferralFactory(status="merged", merged_into=case.referral, decided_by=user, decided_at=timezone.now())
    third = ReferralFactory(status="merged", merged_into=second, decided_by=user, decided_at=timezone.now())
    client.force_login(user)

    def seen():
        with acting(user):
            assert set(Referral.objects.filter(pk__in=[second.pk, third.pk])) == set(
                Referral.objects.visible_to(user).filter(pk__in=[second.pk, third.pk])
            )
        return [client.get(f"/referrals/{one.pk}/").status_code for one in (second, third)]

    assert seen() == [200, 200]
    WallFactory(user=user, youth=case.youth)
    assert seen() == [404, 404]
