"""Have we met? Who is suggested as the same youth or a sibling, and who is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cases import links, recognise
from cases.likeness import Person, compare, digits, names_among
from cases.models import As, LookupKey, Precision, Referral, ReferralLink, Relation
from mlmc.core.models import AuditEntry
from tests.conftest import acting
from tests.factories import (
    AccessFactory,
    CaseFactory,
    MentorFactory,
    ReferralFactory,
    UserFactory,
    WallFactory,
    YouthFactory,
)

NOON = datetime(2026, 3, 10, 16, tzinfo=UTC)


def person(first="jayla", last="montrose", **more):
    return Person(first=frozenset(first.split()), last=frozenset(last.split()), **{"said_at": NOON} | more)


def born(*parts, precision=Precision.DAY):
    return {"born_on": date(*parts), "precision": precision}


BORN = born(2012, 3, 19)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (person(), person("jaylah", "montross"), ("duplicate", ["name_sounds"])),
        (person(), person(), ("duplicate", ["name"])),
        (person(age=14), person(**born(2012, 3, 19)), ("duplicate", ["name"])),
        (person(age=9), person(**born(2009, 3, 19)), None),
        (person(**born(2012, 3, 19)), person(**born(2012, 3, 19)), ("duplicate", ["name", "birth"])),
        (person(**born(2012, 3, 9)), person(**born(2012, 9, 3)), ("duplicate", ["name"])),  # turned round
        (person(**born(2012, 3, 19)), person(**born(2010, 8, 1)), None),
        (person("montrose", "jayla"), person("jaylah", "montross"), ("duplicate", ["name_sounds"])),
        (person("kezia", "brandt okafor"), person("keziah", "okafor"), ("duplicate", ["name_sounds"])),
        (person("jayla", "x1"), person("jayla", "x2", **born(2012, 3, 19)), None),
        (
            person(last="a1", **born(2012, 3, 19)),
            person(last="b1", **born(2012, 3, 19)),
            ("duplicate", ["first_name", "birth"]),
        ),
        (person("amara", "tolliver"), person("nia", "tolliver"), None),  # a name alone makes no family
        (
            person("amara", "tolliver", sender=frozenset({"6175550133"})),
            person("nia", "tolliver", sender=frozenset({"6175550133"})),
            ("sibling", ["last_name", "message"]),
        ),
        (
            person("amara", "tolliver", sender=frozenset({"6175550133"})),
            person("nia", "tolliver", sender=frozenset({"6175550133"}), said_at=NOON - timedelta(days=30)),
            None,
        ),
        (
            person("amara", "tolliver", phones=frozenset({"6175550133"})),
            person("nia", "tolliver", phones=frozenset({"6175550133"})),
            ("sibling", ["last_name", "phone"]),
        ),
        (person("amara", "lark"), person("nia", "brook"), None),
        (person("sky", **BORN), person("skye", **BORN), ("duplicate", ["last_name", "birth"])),
        (person("sky", **BORN), person("ori", **BORN), None),
        (
            person("amara", sender=frozenset({"dcf"}), **BORN),
            person("amari", sender=frozenset({"dcf"}), **born(2010, 1, 5)),
            ("sibling", ["last_name", "message"]),
        ),
    ],
)
def test_two_people_are_compared(one, other, said):
    assert compare(one, other) == said
    assert compare(other, one) == said


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Kezi; was Keziah Okafor w/ you 2023-24", {"kezi", "keziah", "okafor"}),
        ("legal name on court papers differs - pls do not use", set()),
        ("jay", {"jay"}),
        ("", set()),
    ],
)
def test_names_are_found_in_a_remark(words, names):
    assert names_among(words) == names


def test_a_number_is_the_same_however_it_is_written():
    assert digits("617-555-0155 (txt ok after 6)") == digits("+1 (617) 555.0155") == {"6175550155"}


@pytest.mark.django_db
def test_somebody_stored_earlier_is_found_by_sound_and_nothing_is_written():
    youth = YouthFactory(identity=True, identity__legal_name="Keziah Okafor", chosen_name="Keziah O.", born_on=None,
                         born_precision=Precision.UNKNOWN)  # fmt: skip
    back = ReferralFactory(first_name="Kezia", last_name="Brandt-Okafor", born_on=None)
    before = LookupKey.objects.count()

    [found] = recognise.look_alikes(back)

    assert (found.kind, found.who) == ("duplicate", youth)
    assert (LookupKey.objects.count(), ReferralLink.objects.count()) == (before, 0)


@pytest.mark.django_db
def test_keys_hold_no_word_of_the_person():
    referral = ReferralFactory(first_name="Unusual", last_name="Nameword", phone="617-555-0188")

    values = b"".join(bytes(key.value) for key in referral.keys.all())
    assert not any(word in values.lower() for word in (b"unusual", b"nameword", b"5550188", b"2011"))


@pytest.mark.django_db
def test_remembering_twice_keeps_each_key_once():
    referral = ReferralFactory()
    keys = referral.keys.count()

    recognise.remember(recognise.of_referral(referral), referral=referral)

    assert referral.keys.count() == keys


@pytest.mark.django_db
def test_an_answer_is_kept_and_merges_nothing():
    one, by = ReferralFactory(first_name="Jayla", last_name="Montross"), UserFactory()
    other = ReferralFactory(first_name="Jaylah", last_name="Montrose")
    [suggestion] = links.suggestions(other, by=by)
    assert (suggestion.referral, suggestion.answer, suggestion.initials) == (one, "open", "J.M.")

    links.answer(other, other=one, kind="duplicate", answer="yes", by=by, at=NOON)

    assert [said.answer for said in links.suggestions(one, by=by)] == ["yes"]
    assert {referral.status for referral in Referral.objects.all()} == {"received"}
    assert links.mergeable(links.suggestions(other, by=by)) == [one]


@pytest.mark.django_db
def test_only_what_a_person_called_one_youth_is_laid_together():
    one, other, by = ReferralFactory(), ReferralFactory(), UserFactory()

    with pytest.raises(links.NotTheSame):
        links.merge(one, other, by=by, at=NOON)
    links.answer(one, other=other, kind="duplicate", answer="yes", by=by, at=NOON)
    links.merge(one, other, by=by, at=NOON)

    one.refresh_from_db()
    assert (one.status, one.merged_into, other.status) == ("merged", other, "received")


@pytest.mark.django_db
def test_siblings_we_both_know_are_related_once():
    one, other = CaseFactory(), CaseFactory()

    for _ in range(2):
        links.answer(one.referral, other=other.referral, kind="sibling", answer="yes", by=UserFactory(), at=NOON)

    assert [{it.one, it.other} for it in Relation.objects.all()] == [{one.youth, other.youth}]


@pytest.mark.django_db
def test_a_no_takes_a_known_youth_off_the_list_of_those_she_may_be_accepted_as():
    case = CaseFactory(referral__first_name="Keziah", referral__last_name="Okafor")
    back = ReferralFactory(first_name="Kezia", last_name="Okafor")
    assert links.known_youth(links.suggestions(back, by=UserFactory())) == [case.youth]

    links.answer(back, other=case.referral, kind="duplicate", answer="no", by=UserFactory(), at=NOON)

    assert links.known_youth(links.suggestions(back, by=UserFactory())) == []


def test_a_batch_compares_with_those_before_and_looks_at_no_more_than_anybody_would_read():
    batch = recognise.Batch()
    people = [replace(person(), who=number) for number in range(200)]

    found = [batch.meet(one) for one in people]

    assert found[0] == []
    assert {len(some) for some in found[recognise.MOST :]} == {recognise.MOST}


# What a person is shown, and how often


def known_youth(**more):
    """A youth with markers everywhere, a mentor and an open case; and a referral that may be about them."""
    marked = dict.fromkeys(("background_words", "guardian", "custody", "worker", "school_contact"), MARK)
    youth = YouthFactory(chosen_name="Keziah O.", born_on=date(2011, 11, 11), identity=True,
                         identity__legal_name="Keziah Okafor", identity__addresses=MARK, identity__school=MARK,
                         identity__aliases=MARK, identity__phones="617 555 0199", **marked)  # fmt: skip
    mentor = MentorFactory(user__name="Carmen Ortiz").user
    received = {"referral__first_name": "Someone", "referral__last_name": "Else"}
    referral = {
        f"referral__{name}": MARK for name in ("why", "town", "strengths", "safety_words", "referrer", "reason")
    }
    case = CaseFactory(youth=youth, access=False, **received, **referral)
    AccessFactory(case=case, user=mentor, as_what=As.MENTOR, until=NOON)
    return case, ReferralFactory(first_name="Kezia", last_name="Okafor", born_on=None, **more)


MARK = "Qanarymark"


@pytest.mark.django_db
def test_of_somebody_we_met_nothing_is_shown_but_code_initials_year_and_mentor(client):
    """G09: recognise is over everybody, and answers with these four alone."""
    case, back = known_youth()
    client.force_login(UserFactory(intake=True))

    html = client.get(back.get_absolute_url()).content.decode()

    assert f"<b>{case.youth.code}</b> · K.O. · born 2011 · mentor Carmen O." in html
    told = [MARK, "Keziah", "555 0199", "Ortiz", str(case.pk), case.referral.receipt, str(case.youth.identity.pk)]
    assert [word for word in told if word in html] == []


@pytest.mark.django_db
def test_each_look_stands_in_the_trail_with_whose_records_it_showed(client):
    case, back = known_youth()
    intake = UserFactory(intake=True)
    client.force_login(intake)

    client.get(back.get_absolute_url())

    line = AuditEntry.objects.get(what="cases:referral")
    assert (line.act, line.why, line.user_id) == ("view", "recognise", intake.pk)
    assert case.pk in line.cases


@pytest.mark.django_db
def test_beyond_sixty_looks_an_hour_nobody_is_suggested_and_it_is_told(client, monkeypatch):
    """The trail is the count: what one page showed, the next one knows."""
    monkeypatch.setattr(links, "LOOKS", 2)
    case, back = known_youth()
    intake, other = UserFactory(intake=True), UserFactory(intake=True)
    client.force_login(intake)

    pages = [client.get(back.get_absolute_url()).content.decode() for _ in range(3)]

    assert [case.youth.code in page for page in pages] == [True, True, False]
    assert "You have looked at many people within this hour" in pages[2]
    last = AuditEntry.objects.filter(what="cases:referral").order_by("at", "seq").last()
    assert (last.act, last.why) == ("deny", "recognise limit")
    client.force_login(other)  # somebody else is not held up
    assert case.youth.code in client.get(back.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_beyond_sixty_looks_an_empty_answer_suggests_nobody_either(client, monkeypatch):
    monkeypatch.setattr(links, "LOOKS", 0)
    case, back = known_youth()
    client.force_login(UserFactory(intake=True))

    answer = client.post(f"/referrals/{back.pk}/accept/", {"who": "nobody"}, follow=True)

    assert case.youth.code not in answer.content.decode()
    assert "Choose who this is." in answer.content.decode()


@pytest.mark.django_db
def test_a_page_without_look_alikes_is_no_look(client):
    client.force_login(UserFactory(intake=True))

    client.get(ReferralFactory(first_name="Wren", last_name="Quill").get_absolute_url())

    assert AuditEntry.objects.get(what="cases:referral").why == ""


@pytest.mark.django_db
def test_a_wall_keeps_a_suggestion_from_one_person_alone(client):
    case, back = known_youth()
    walled, other = UserFactory(intake=True), UserFactory(intake=True)
    WallFactory(user=walled, youth=case.youth)
    seen = []
    for user in (walled, other):
        client.force_login(user)
        seen.append(case.youth.code in client.get(back.get_absolute_url()).content.decode())

    assert seen == [False, True]


@pytest.mark.django_db
def test_only_who_welcomes_is_told_whether_we_have_met(client):
    """A supervisor who may read the name of a referral is not asked whether it is somebody else."""
    case, back = known_youth(accepted=True)
    CaseFactory(referral=back, youth=YouthFactory(), access=False)
    director = UserFactory(director=True)
    AccessFactory(case=back.case, user=director, as_what=As.BREAK_GLASS)
    client.force_login(director)

    html = client.get(back.get_absolute_url()).content.decode()

    assert "Kezia" in html
    assert case.youth.code not in html


@pytest.mark.django_db
def test_an_answer_about_somebody_who_was_not_suggested_is_none(client):
    """What is posted by hand finds nobody out and links nobody."""
    _, back = known_youth()
    stranger = ReferralFactory(first_name="Wren", last_name="Quill")
    client.force_login(UserFactory(intake=True))

    page = client.post(f"{back.get_absolute_url()}link/", {"other": stranger.pk, "kind": "duplicate", "answer": "yes"})

    assert page.status_code == 302
    assert not ReferralLink.objects.exists()


@pytest.mark.django_db
def test_what_was_merged_into_a_walled_youths_referral_is_suggested_to_nobody_behind_the_wall():
    intake, words = (
        UserFactory(intake=True),
        {"first_name": "Quillonia", "last_name": "Harroway", "phone": "617-555-0177"},
    )
    case = CaseFactory(access=False, referral__first_name="Zed", referral__status="accepted")
    second, third = ReferralFactory(status="merged", merged_into=case.referral, **words), ReferralFactory(**words)
    for one in (second, third):
        recognise.remember(recognise.of_referral(one), referral=one)

    def suggested():
        with acting(intake):
            return second.receipt in [one.code for one in links.suggestions(third, by=intake)]

    assert suggested()
    WallFactory(user=intake, youth=case.youth)
    assert not suggested()
