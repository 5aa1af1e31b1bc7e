"""Whoever searches finds whom they may see, by name only where rights open the name, and hears of nobody else."""

import re
import unicodedata
from contextlib import nullcontext
from datetime import timedelta

import jellyfish
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import access, recognise, reindex
from cases.models import Access, As, Case, LookupKey, Referral, Wall
from cases.search import MOST, Said, find
from mlmc.core.models import AuditEntry
from tests.conftest import acting
from tests.factories import (
    AccessFactory,
    CaseFactory,
    MentorFactory,
    MentorshipFactory,
    ReferralFactory,
    UserFactory,
    WallFactory,
    YouthFactory,
)

pytestmark = pytest.mark.django_db


def youth(chosen="Sky D.", legal="", aliases="", phones="", **more):
    return YouthFactory(
        chosen_name=chosen,
        identity=True,
        identity__legal_name=legal,
        identity__aliases=aliases,
        identity__phones=phones,
        **more,
    )


def found(user, text):
    with acting(user):
        hits, _ = find(user, text)
        return {hit.who.pk for hit in hits}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("keziah", True),
        ("KEZIAH okafor", True),
        ("okafor keziah", True),
        ("Kezia", True),  # sounds alike
        ("Okafur", True),
        ("Oka", False),  # whole words only
        ("Keziah Brandt", False),  # each word has to fit
        ("kiki", True),  # an alias
        ("Keziah O", True),  # an initial says nothing
        ("617-555-0144", True),
        ("+1 (617) 555 0144", True),
        ("6175550145", False),
        ("", False),
        ("   ", False),
        ("not known yet", False),
    ],
)
def test_somebody_is_found_by_whole_words_by_sound_and_by_telephone(text, is_found):
    case = CaseFactory(youth=youth("Keziah", "Keziah Okafor", "kiki\nK. of the court papers", "617 555 0144"))
    CaseFactory(youth=youth("Name not known yet"))

    assert (case.pk in found(UserFactory(intake=True), text)) == is_found


def test_a_code_and_a_receipt_are_found_however_they_are_typed():
    case, waiting, director = CaseFactory(), ReferralFactory(), UserFactory(director=True)
    number = int(case.youth.code[2:])

    for text in (case.youth.code, case.youth.code.lower(), f"y{number}", f"Y {number:04d}", f" {number} "):
        assert found(director, text) == {case.pk}
    receipt = waiting.receipt
    for text in (receipt, receipt.lower(), receipt.replace("-", ""), receipt.replace("-", " ")):
        assert found(director, text) == {waiting.pk}
    assert found(director, case.referral.receipt) == {case.pk}  # the case it became


def test_a_director_finds_nobody_by_name_unless_a_row_opens_it():
    """G09: a search must not answer what its reader may not read."""
    case, director = CaseFactory(youth=youth("Keziah")), UserFactory(director=True)
    assert found(director, "Keziah") == set()

    AccessFactory(case=case, user=director, as_what=As.BREAK_GLASS)

    assert found(director, "Keziah") == {case.pk}


def test_support_finds_by_code_and_a_wall_hides_everything():
    case, support, intake = CaseFactory(youth=youth("Keziah")), UserFactory(support=True), UserFactory(intake=True)
    AccessFactory(case=case, user=support, as_what=As.SUPPORT)
    assert (found(support, "Keziah"), found(support, case.youth.code)) == (set(), {case.pk})
    assert found(intake, "Keziah") == {case.pk}

    for user in (support, intake):
        WallFactory(user=user, youth=case.youth)

    assert [found(user, text) for user in (support, intake) for text in ("Keziah", case.youth.code)] == [set()] * 4


def test_names_that_changed_find_from_then_on_and_old_ones_no_more():
    case, intake = CaseFactory(youth=youth("Keziah", "Keziah Okafor")), UserFactory(intake=True)
    case.youth.chosen_name = "Sol"
    case.youth.save(update_fields=["chosen_name"])
    case.youth.identity.legal_name = ""
    case.youth.identity.save()

    recognise.remember(recognise.of_youth(case.youth), youth=case.youth)

    assert (found(intake, "Sol"), found(intake, "Keziah")) == ({case.pk}, set())


def test_keys_that_were_lost_are_made_anew_for_everybody():
    case, waiting, intake = (
        CaseFactory(youth=youth("Keziah")),
        ReferralFactory(first_name="Oriel"),
        UserFactory(intake=True),
    )
    before = LookupKey.objects.count()
    LookupKey.objects.all().delete()
    assert found(intake, "Keziah") == set()

    assert reindex.lookup_keys() == before

    assert (found(intake, "Keziah"), found(intake, "Oriel")) == ({case.pk}, {waiting.pk})


def test_twenty_are_shown_those_written_so_first_and_then_by_the_clock():
    intake, now = UserFactory(intake=True), timezone.now()
    cases = [CaseFactory(youth=youth("Keziah"), received_at=now - timedelta(days=days)) for days in range(3, 26)]
    alike = CaseFactory(youth=youth("Kezia"), received_at=now - timedelta(days=2))

    with acting(intake):
        hits, more = find(intake, "Keziah")
        few, none = find(intake, "Kezia")

    assert [hit.who for hit in hits] == cases[:MOST]
    assert more
    assert few[0].who == alike


# G09: what a reader finds is what somebody who knows everything would pick for them, word by word.

NAMES = ["Keziah", "Kezia", "Okafor", "Sky", "Skye", "Tolliver", "José", "Nia", "Ada", "李梅", "Mary-Ann", "O'Neil"]
NUMBERS = ["617-555-0101", "617-555-0102", "(508) 555 0103"]


def tokens(text):
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return [word for word in re.findall(r"[^\W\d_]+", bare) if len(word) > 1 or not word.isascii()]


def fits(words, names):
    def one(word):
        known = {token for name in names for token in tokens(name)}
        heard = {jellyfish.metaphone(token) for token in known if token.isascii()} - {""}
        return word in known or (word.isascii() and jellyfish.metaphone(word) in heard)

    return bool(words) and all(one(word) for word in words)


def numbers(text):
    return {re.sub(r"\D", "", found)[-10:] for found in re.findall(r"\d[\d ().+-]{5,}\d", text)}


def open_rows(user):
    """Rows of Access in force for this person, told without the ORM's filters."""
    now, walls = timezone.now(), {(wall.user_id, wall.youth_id) for wall in Wall.objects.all()}
    for row in Access.objects.select_related("case"):
        mine = row.user_id == user.pk or (row.role and row.role in user.roles)
        in_force = row.begins <= now and (row.until is None or row.until > now)
        if mine and in_force and row.as_what != As.ASKED and (user.pk, row.case.youth_id) not in walls:
            yield row


def oracle(user, text):
    """Everybody whom these words may show to this reader."""
    rows = list(open_rows(user))
    walls = {wall.youth_id for wall in Wall.objects.all() if wall.user_id == user.pk}
    said = tokens(text)
    squeezed = re.sub(r"[\s-]", "", text).upper()
    code = re.fullmatch(r"(?:[yY][\s-]*)?0*(\d{1,6})", text.strip())
    seen, shown = set(), set()
    for case in Case.objects.select_related("youth__identity", "referral"):
        held = {row.as_what for row in rows if row.case_id == case.pk}
        if case.youth_id in walls or not (held or "director" in user.roles):
            continue
        seen.add(case.referral_id)
        it = case.youth.identity
        named = fits(said, [case.youth.chosen_name, it.legal_name, it.aliases]) or numbers(text) & numbers(it.phones)
        coded = code and case.youth.code == f"Y-{int(code[1]):04d}"
        received = case.referral.receipt.replace("-", "") == squeezed
        if coded or received or (held - {As.SUPPORT} and named):
            shown.add(case.pk)
    for one in Referral.objects.select_related("case"):
        case = getattr(one, "case", None)
        if one.pk in seen or (case and case.youth_id in walls):
            continue
        welcomes = {"intake", "assessment"} & set(user.roles)
        named = welcomes and one.is_open and fits(said, [one.first_name, one.last_name])
        visible = "director" in user.roles or (welcomes and one.is_open)
        if visible and (named or one.receipt.replace("-", "") == squeezed):
            shown.add(one.pk)
    return shown


def a_world():
    """A small program: cases of every kind of row, two referrals, a wall, somebody whose rights have ended."""
    people = {role: UserFactory(**{role: True}) for role in ("intake", "supervisor", "support", "director", "mentor")}
    people["two"] = UserFactory(director=True, supervisor=True)
    made = [youth(one, f"{one} {two}", three, NUMBERS[n % 3]) for n, (one, two, three) in enumerate(
        zip(NAMES, NAMES[3:] + NAMES[:3], NAMES[7:] + NAMES[:7], strict=True))]  # fmt: skip
    kinds = [As.SUPERVISOR, As.SUPPORT, As.MENTOR, As.COVER, As.BREAK_GLASS, As.CASE_MANAGER]
    for n, one in enumerate(made):
        case = CaseFactory(youth=one, access=n % 3 == 0)
        for who in (list(people.values())[n % 6], list(people.values())[(n + 2) % 6]):
            ended = {"until": timezone.now() - timedelta(hours=1)} if n % 5 == 4 else {}
            AccessFactory(case=case, user=who, as_what=kinds[(n + who.pk.int) % 6], **ended)
    for one, two in zip(NAMES[:4], NAMES[4:8], strict=True):
        ReferralFactory(first_name=one, last_name=two)
    WallFactory(user=people["intake"], youth=made[0])
    WallFactory(user=people["two"], youth=made[3])
    return list(people.values())


def test_whoever_searches_finds_exactly_whom_they_may_see():
    """G09: result(reader) == filter(oracle(reader)) for random words; more than is shown is said, never counted."""
    people = a_world()
    codes = [case.youth.code for case in Case.objects.select_related("youth")]
    receipts = list(Referral.objects.values_list("receipt", flat=True))
    known = st.sampled_from([*NAMES, "Kesia", "Taliver", "Jose", "mary ann", *NUMBERS, *codes, *receipts, "D", "yet"])
    words = st.lists(known, min_size=1, max_size=2).map(" ".join) | st.text(max_size=12) | known.map(str.upper)

    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(people), words)
    def same(user, text):
        right = oracle(user, text)
        for wall in (acting(user), nullcontext()):  # with the policies beneath, and by its own rules alone
            with wall:
                hits, more = find(user, text)
            assert {hit.who.pk for hit in hits} == right
            assert not more

    same()


def test_what_is_typed_is_read_as_words_numbers_and_codes():
    assert Said.read("Y-0412") == Said(code="Y-0412")
    assert Said.read("412").code == "Y-0412"
    assert Said.read("x" * 200) == Said.read("x" * 80)
    assert Said.read("617 555 0101").phones == {"6175550101"}


# The page


def test_a_get_shows_an_empty_form_whatever_stands_in_its_address(client):
    """G09: what was searched for stands in no address and no title."""
    CaseFactory(youth=youth("Keziah"))
    client.force_login(UserFactory(intake=True))

    page = client.get("/search/?words=Keziah")

    assert page.status_code == 200
    assert "Keziah" not in page.content.decode().partition("<main")[2]


def test_a_post_shows_whom_it_found_writes_nothing_and_says_whose_records_it_showed(client):
    case, intake = CaseFactory(youth=youth("Keziah")), UserFactory(intake=True)
    client.force_login(intake)

    page = client.post("/search/", {"words": "kezia"})

    html = page.content.decode()
    assert case.get_absolute_url() in html
    assert "<title>Search" in html
    assert "kezia" not in re.search(r"<title>.*?</title>", html)[0]
    assert [hit.who for hit, _ in page.context["hits"]] == [case]
    line = AuditEntry.objects.get(what="search")
    assert (line.act, line.why, line.cases, line.user_id) == ("view", "search", [case.pk], intake.pk)


def test_a_mentor_comes_to_the_log_of_her_youth_and_a_director_to_the_shell(client):
    mentor = MentorFactory()
    case = CaseFactory(youth=youth("Keziah"), with_mentor=True, access=False)
    mentorship = MentorshipFactory(case=case, mentor=mentor, status="weekly")
    access.give(case, user=mentor.user, as_what=As.MENTOR, why="mentor", by=None, at=case.accepted_at)
    client.force_login(mentor.user)
    assert mentorship.get_absolute_url() in client.post("/search/", {"words": "keziah"}).content.decode()

    client.force_login(UserFactory(director=True))
    html = client.post("/search/", {"words": case.youth.code}).content.decode()

    assert case.get_absolute_url() in html
    assert "Keziah" not in html


@pytest.mark.parametrize("role", ["evaluation", "admin"])
def test_whoever_works_with_no_case_has_no_search(client, role):
    client.force_login(UserFactory(**{role: True}))

    assert client.get("/search/").status_code == 403
    assert 'id="find"' not in client.get("/", follow=True).content.decode()


def test_nothing_typed_is_answered_with_a_sentence(client):
    client.force_login(UserFactory(intake=True))

    html = client.post("/search/", {"words": "  "}).content.decode()

    assert "Type a name, a code or a number." in html
    assert "Nobody you may see" not in html


@pytest.mark.parametrize(("youth_of_hers", "has_a_box"), [(8, False), (9, True)])
def test_a_mentor_with_more_than_eight_youth_can_search_on_her_phone(client, youth_of_hers, has_a_box):
    mentor = MentorFactory()
    for _ in range(youth_of_hers):
        MentorshipFactory(mentor=mentor)
    client.force_login(mentor.user)

    assert ('id="find"' in client.get("/my-youth/").content.decode()) == has_a_box
