"""Mentors from a file: entered without a sign-in, found wrong row by row, taken back as a whole."""

import pytest
from django.utils import timezone

from mentors.models import Mentor, MentorStatus
from mlmc.core import people
from mlmc.core.models import Import, ImportRow, ImportStatus, Invitation, User
from tests.bringing import brought, counts, reasons, taken_back, uploaded
from tests.conftest import acting
from tests.factories import CaseFactory, MentorshipFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def row(**more):
    return {"Name": "Ines Calder", "E-mail": "Ines@Example.org", "Team": "", "Languages": "English; Spanish"} | more


def test_a_mentor_is_entered_without_a_sign_in_and_told_what_the_file_says(admin):
    team = TeamFactory(name="East")

    file = brought("mentors", [row(Team="east", Places="8", Stage="Ready", Areas="Lynn", Texts="yes")], by=admin)

    assert counts(file) == {"total": 1, "accepted": 1, "added": 1, "rejected": 0}
    mentor = Mentor.objects.get()
    assert (mentor.status, mentor.places, mentor.languages, mentor.areas, mentor.texts) == (
        MentorStatus.READY,
        8,
        ["en", "es"],
        ["lynn"],
        True,
    )
    user = mentor.user
    assert (user.email, user.name, user.roles, user.team) == ("ines@example.org", "Ines Calder", ["mentor"], team)
    assert not user.has_usable_password()
    assert Invitation.objects.count() == 0


def test_a_link_can_be_made_for_them_later(admin):
    brought("mentors", [row()], by=admin)
    user = User.objects.get(email="ines@example.org")

    with acting(admin):
        token = people.new_link(user, by=admin, at=timezone.now())
        assert people.invitation_for(token, at=timezone.now()).user_id == user.pk


def test_what_cannot_be_taken_says_why_and_holds_up_no_other(admin):
    UserFactory(email="bea@example.org")
    rows = [
        row(),
        row(**{"E-mail": "bea@example.org"}),
        row(**{"E-mail": "no address"}),
        row(**{"E-mail": "c@example.org", "Name": ""}),
        row(**{"E-mail": "d@example.org", "Team": "No Such Team"}),
        row(**{"E-mail": "e@example.org", "Languages": "Klingon"}),
        row(**{"E-mail": "ines@example.org", "Name": "Another Name"}),
        row(**{"E-mail": "f@example.org", "Name": "=cmd|' /C calc'!A0"}),
    ]

    file = brought("mentors", rows, by=admin)

    assert counts(file) == {"total": 8, "accepted": 1, "added": 1, "rejected": 7}
    assert [(number, column) for number, column, _ in reasons(file)] == [
        (3, "E-mail"),
        (4, "E-mail"),
        (5, "Name"),
        (6, "Team"),
        (7, "Languages"),
        (8, "E-mail"),
        (9, "Name"),
    ]
    assert all(why.endswith(".") and "Klingon" not in why for _, _, why in reasons(file))


def test_a_second_upload_adds_nothing_whoever_does_it_and_in_whatever_order(admin):
    rows = [row(), row(**{"E-mail": "bea@example.org", "Name": "Bea Larkin"})]
    brought("mentors", rows, by=admin)
    director = UserFactory(director=True)

    again = brought("mentors", rows, by=admin)
    turned = brought("mentors", [dict(reversed(one.items())) for one in rows], by=director)

    for file in (again, turned):
        assert counts(file) == {"total": 2, "accepted": 2, "added": 0, "rejected": 0}
    assert Mentor.objects.count() == 2


def test_the_same_row_twice_in_one_file_is_one(admin):
    file = brought("mentors", [row(), row()], by=admin)

    assert counts(file) == {"total": 2, "accepted": 2, "added": 1, "rejected": 0}


def test_a_whole_file_can_be_taken_back_and_brought_in_anew(admin):
    rows = [row(), row(**{"E-mail": "bea@example.org", "Name": "Bea Larkin"})]
    file = brought("mentors", rows, by=admin)

    file = taken_back(file, by=admin)

    assert (file.status, file.undone, file.kept) == (ImportStatus.UNDONE, 2, 0)
    assert Mentor.objects.count() == 0
    assert not User.objects.filter(email__in=["ines@example.org", "bea@example.org"]).exists()
    assert counts(brought("mentors", rows, by=admin))["added"] == 2


def test_who_has_a_youth_or_a_link_by_now_stays_and_is_named(admin):
    names = ("ines", "bea", "cass")
    file = brought("mentors", [row(**{"E-mail": f"{name}@example.org", "Name": name}) for name in names], by=admin)
    MentorshipFactory(mentor=Mentor.objects.get(user__email="ines@example.org"), case=CaseFactory())
    with acting(admin):
        people.new_link(User.objects.get(email="bea@example.org"), by=admin, at=timezone.now())

    file = taken_back(file, by=admin)

    assert (file.status, file.undone, file.kept) == (ImportStatus.FINISHED, 1, 2)
    assert [number for number, _, _ in reasons(file)] == [2, 3]
    assert set(Mentor.objects.values_list("user__email", flat=True)) == {"ines@example.org", "bea@example.org"}


def test_nothing_but_what_a_file_made_may_be_removed_and_only_while_it_is_taken_back(admin):
    file = brought("mentors", [row()], by=admin)
    made = Mentor.objects.get()
    other = UserFactory(director=True)

    for person in (admin, other):
        with acting(person):
            assert Mentor.objects.filter(pk=made.pk)._raw_delete("default") == 0
            assert User.objects.filter(pk=made.user_id)._raw_delete("default") == 0
    assert ImportRow.objects.get(file=file).made == [made.pk, made.user_id]


@pytest.mark.parametrize("role", ["intake", "evaluation", "supervisor", "mentor"])
def test_mentors_are_brought_in_by_admin_and_director_alone(role):
    from mlmc.core.bringing.uploading import NotYours  # noqa: PLC0415

    person = UserFactory(**{role: True})

    with pytest.raises(NotYours):
        uploaded("mentors", [row()], by=person)
    assert Import.objects.count() == 0
