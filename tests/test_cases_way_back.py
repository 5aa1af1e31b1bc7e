"""A referral that was moved, or merged, by mistake finds its way back; what was said stays in its history."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import lifecycle, links
from cases.models import Referral, ReferralLink
from mlmc.core.models import Change
from tests.factories import CaseFactory, ReferralFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def priya():
    return UserFactory(intake=True)


def merged(by, *, other=None):
    """A referral that rests beside another."""
    one, other = ReferralFactory(status="in_review"), other or ReferralFactory()
    links.answer(one, other=other, kind="duplicate", answer="yes", by=by, at=NOW)
    links.merge(one, other, by=by, at=NOW)
    return one, other


@pytest.mark.parametrize("to", ["in_review", "exception_review", "elsewhere", "withdrawn"])
def test_a_move_is_taken_back_to_the_former_status(priya, to):
    referral = ReferralFactory(status="needs_information")
    lifecycle.move_referral(referral, to, by=priya, at=NOW, reason="by mistake")

    lifecycle.undo_move(referral, by=priya, at=NOW + timedelta(minutes=9))

    referral.refresh_from_db()
    assert (referral.status, referral.decided_at, referral.decided_by) == ("needs_information", None, None)
    assert Change.objects.filter(table_name="cases_referral", row_id=referral.pk).count() == 2


def test_opening_again_by_mistake_returns_to_the_decision_and_its_words(priya):
    referral = ReferralFactory(status="elsewhere", reason="A shelter in Lynn.", decided_by=priya, decided_at=NOW)
    lifecycle.move_referral(referral, "in_review", by=priya, at=NOW)

    lifecycle.undo_move(referral, by=priya, at=NOW)

    referral.refresh_from_db()
    assert (referral.status, referral.reason) == ("elsewhere", "A shelter in Lynn.")


@pytest.mark.parametrize("why", ["late", "another", "twice", "welcomed"])
def test_what_is_not_taken_back_changes_nothing(priya, why):
    referral = ReferralFactory(status="received")
    lifecycle.move_referral(referral, "accepted" if why == "welcomed" else "in_review", by=priya, at=NOW)
    if why == "twice":
        lifecycle.undo_move(referral, by=priya, at=NOW)
    before = Referral.objects.get(pk=referral.pk).status

    with pytest.raises(lifecycle.MoveNotAllowed):
        lifecycle.undo_move(
            referral,
            by=UserFactory(intake=True) if why == "another" else priya,
            at=NOW + timedelta(minutes=11 if why == "late" else 1),
        )

    assert Referral.objects.get(pk=referral.pk).status == before


def test_a_merge_is_taken_back_and_nothing_points_to_the_other(priya):
    one, _ = merged(priya)

    lifecycle.undo_move(one, by=priya, at=NOW)

    one.refresh_from_db()
    assert (one.status, one.merged_into) == ("in_review", None)


def test_two_that_were_merged_are_taken_apart_later_with_a_reason(priya):
    one, other = merged(priya)
    CaseFactory(referral=other)

    links.unmerge(one, reason="They are cousins.", by=priya, at=NOW + timedelta(days=40))

    one.refresh_from_db()
    assert (one.status, one.merged_into, one.reason) == ("in_review", None, "They are cousins.")
    assert ReferralLink.objects.get().answer == "no"
    assert other.case.events.last().what == "A second referral was not about them after all"


def test_the_bar_stands_on_the_referral_and_on_the_queue_for_whoever_moved_it(client, priya):
    referral = ReferralFactory(status="received")
    client.force_login(priya)
    client.post(reverse("cases:referral_move", args=[referral.pk, "needs_information"]))
    undo = reverse("cases:referral_undo", args=[referral.pk])

    for page in (referral.get_absolute_url(), reverse("cases:referrals")):
        assert undo in client.get(page).content.decode(), page
    client.post(undo)

    referral.refresh_from_db()
    assert referral.status == "received"
    assert undo not in client.get(reverse("cases:referrals")).content.decode()


def test_taking_apart_asks_what_showed_it_and_keeps_the_words(client, priya):
    one, _ = merged(priya)
    client.force_login(priya)
    address = reverse("cases:referral_move", args=[one.pk, "in_review"])
    assert address in client.get(one.get_absolute_url()).content.decode()

    assert "Say it in a few words." in client.post(address, {"where": ""}).content.decode()
    client.post(address, {"where": "Two birth dates."})

    one.refresh_from_db()
    assert (one.status, one.reason, one.merged_into) == ("in_review", "Two birth dates.", None)
