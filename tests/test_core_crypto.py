"""Nothing readable lies in the table, and nothing opens anywhere but in its own row and column."""

import ast
import base64
import datetime
import time
import uuid

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Case, Youth
from mlmc.core import crypto
from mlmc.core.crypto import CannotOpen, EncryptedTextField, Sealed, blind_index, open_sealed, seal, uuid7
from mlmc.launcher.checkout import ROOT
from tests.factories import YouthFactory

BORN = datetime.date(2011, 11, 11)
KEY_1, KEY_2 = ("1:" + base64.b64encode(b"1" * 32).decode(), "2:" + base64.b64encode(b"2" * 32).decode())
PLACE = "cases_youth.chosen_name:1"


def stored(youth, column="chosen_name"):
    with connection.cursor() as cursor:
        cursor.execute(f"select {column} from cases_youth where id = %s", [youth.pk])
        value = cursor.fetchone()[0]
        return None if value is None else bytes(value)


@given(st.text(), st.text(min_size=1))
def test_whatever_is_sealed_opens_again_in_its_place(text, place):
    assert open_sealed(seal(text, bound_to=place), bound_to=place) == text


@pytest.mark.django_db
def test_a_name_and_a_date_come_back_and_lie_sealed():
    youth = YouthFactory(chosen_name="Zyxwvut Qanary", born_on=BORN)

    again = Youth.objects.get(pk=youth.pk)
    assert (again.chosen_name, again.born_on) == ("Zyxwvut Qanary", BORN)
    assert b"Qanary" not in stored(youth)
    assert b"2011" not in stored(youth, "born_on")


@pytest.mark.parametrize(
    "name", ["", "Ada 🏳️‍🌈 🙂", "\u202eשלום عادة\u202c", "é", "o" * 5000, "line\nline\ttab"], ids=range(6)
)
@pytest.mark.django_db
def test_words_of_every_kind_come_back_as_they_were_typed(name):
    assert Youth.objects.get(pk=YouthFactory(chosen_name=name).pk).chosen_name == name


@pytest.mark.parametrize(
    "born", [None, datetime.date(1, 1, 1), datetime.date(9999, 12, 31), datetime.date(2012, 2, 29)]
)
@pytest.mark.django_db
def test_a_day_comes_back_as_a_day_and_none_as_none(born):
    youth = YouthFactory(born_on=born)

    assert Youth.objects.get(pk=youth.pk).born_on == born
    assert (stored(youth, "born_on") is None) == (born is None)
    assert Youth.objects.filter(pk=youth.pk, born_on__isnull=True).exists() == (born is None)


@pytest.mark.django_db
def test_the_same_name_is_never_sealed_the_same_way_twice():
    one, two = YouthFactory(chosen_name="Ada"), YouthFactory(chosen_name="Ada")
    before = stored(one)
    one.save(update_fields=["chosen_name"])

    assert len({stored(one), stored(two), before}) == 3


@pytest.mark.parametrize("column", ["chosen_name", "pronouns"])
@pytest.mark.django_db
def test_a_value_moved_from_another_row_or_column_does_not_open(column):
    """G41: ciphertext is bound to where it lies."""
    one, two = YouthFactory(), YouthFactory()
    source, target = (one, two) if column == "chosen_name" else (one, one)
    with connection.cursor() as cursor:
        moved = f"(select {column} from cases_youth where id = %s)"
        cursor.execute(f"update cases_youth set chosen_name = {moved} where id = %s", [source.pk, target.pk])

    with pytest.raises(CannotOpen, match="cases_youth.chosen_name does not open"):
        Youth.objects.get(pk=target.pk).chosen_name  # noqa: B018


@pytest.mark.parametrize("cut", [0, 1, 2, 13, 29, 30], ids=str)
def test_a_value_cut_short_or_altered_does_not_open(cut):
    whole = seal("Ada", bound_to=PLACE)

    with pytest.raises(CannotOpen, match="cases_youth.chosen_name does not open"):
        open_sealed(whole[:cut], bound_to=PLACE)
    with pytest.raises(CannotOpen, match="does not open"):
        open_sealed(whole[:-1] + bytes([whole[-1] ^ 1]), bound_to=PLACE)


def test_a_missing_and_a_wrong_key_say_which_key_and_no_value(settings):
    settings.MLMC_DATA_KEYS = KEY_1
    value = seal("Ada", bound_to=PLACE)

    settings.MLMC_DATA_KEYS = KEY_2
    with pytest.raises(CannotOpen, match="sealed with key 1, which is not in") as missing:
        open_sealed(value, bound_to=PLACE)
    settings.MLMC_DATA_KEYS = KEY_2.replace("2:", "1:")
    with pytest.raises(CannotOpen, match="key 1 is another key") as wrong:
        open_sealed(value, bound_to=PLACE)
    for problem in (missing.value, wrong.value):
        assert "Ada" not in str(problem)
        assert problem.__cause__ is None


def test_the_first_key_seals_and_every_key_opens(settings):
    settings.MLMC_DATA_KEYS = KEY_1
    old = seal("Ada", bound_to=PLACE)
    settings.MLMC_DATA_KEYS = f"{KEY_2},{KEY_1}"
    new = seal("Bea", bound_to=PLACE)

    assert (old[1], new[1]) == (1, 2)
    assert [open_sealed(value, bound_to=PLACE) for value in (old, new)] == ["Ada", "Bea"]


def test_a_sealed_value_shows_nothing():
    value = seal("Ada", bound_to=PLACE)

    assert {repr(value), str(value), f"{value}", "%s" % value, repr([value])} == {"<sealed>", "[<sealed>]"}  # noqa: UP031


@pytest.mark.django_db
def test_what_leaves_the_table_without_its_row_stays_sealed():
    youth = YouthFactory(chosen_name="Ada")

    assert isinstance(Youth.objects.values_list("chosen_name", flat=True).get(pk=youth.pk), Sealed)
    assert isinstance(Youth.objects.values("chosen_name").get(pk=youth.pk)["chosen_name"], Sealed)


@pytest.mark.django_db
def test_a_value_is_opened_when_it_is_read_and_not_before(settings):
    youth = YouthFactory(chosen_name="Ada")
    settings.MLMC_DATA_KEYS = KEY_2  # with which nothing here opens

    again = Youth.objects.get(pk=youth.pk)

    assert again.code == youth.code
    with pytest.raises(CannotOpen):
        again.chosen_name  # noqa: B018


@pytest.mark.parametrize(
    "search",
    [
        lambda youth: Youth.objects.filter(chosen_name="Ada"),
        lambda youth: Youth.objects.filter(chosen_name__icontains="Ad"),
        lambda youth: Youth.objects.filter(chosen_name__in=["Ada"]),
        lambda youth: Youth.objects.exclude(born_on__gte=BORN),
        lambda youth: Case.objects.filter(youth__chosen_name="Ada"),
        lambda youth: Youth.objects.update(chosen_name="Ada"),
        lambda youth: Youth.objects.bulk_update([youth], ["chosen_name"]),
        lambda youth: Youth.objects.get_or_create(chosen_name="Ada"),
    ],
    ids=["equal", "contains", "in", "exclude", "through another", "update", "bulk_update", "get_or_create"],
)
@pytest.mark.django_db
def test_searching_and_updating_in_bulk_are_refused(search):
    youth = YouthFactory()

    with pytest.raises(FieldError, match="is encrypted"), transaction.atomic():
        search(youth)


def test_no_list_is_ordered_or_grouped_by_an_encrypted_column():
    """The database would do it, by ciphertext, and it would mean nothing."""
    models = apps.get_models()
    encrypted = {f.name for m in models for f in m._meta.get_fields() if isinstance(f, EncryptedTextField)}
    plain = {f.name for m in models for f in m._meta.get_fields() if not isinstance(f, EncryptedTextField)}
    assert {"chosen_name", "received_text", "rationale"} <= encrypted

    by = set()
    for app in ("mlmc", "cases", "mentors", "matching", "outcomes"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("order_by", "distinct", "Max"):
                    words = [word.value for word in node.args if isinstance(word, ast.Constant)]
                    by |= {str(word).lstrip("-").rpartition("__")[2] for word in words}
    ordering = {str(name).lstrip("-") for model in models for name in model._meta.ordering}

    assert not (by | ordering) & (encrypted - plain)


@pytest.mark.django_db
def test_many_rows_made_at_once_are_sealed_each_for_itself():
    made = YouthFactory.build_batch(2)
    Youth.objects.bulk_create(made)

    assert [Youth.objects.get(pk=youth.pk).chosen_name for youth in made] == [youth.chosen_name for youth in made]


def test_a_row_without_an_id_cannot_be_sealed():
    with pytest.raises(CannotOpen, match="needs its id"):
        Youth._meta.get_field("chosen_name").bound_to(Youth(id=None))


def test_a_blind_index_finds_the_same_words_however_they_are_typed():
    def index(name):
        return blind_index(name, column="cases_youth.chosen_name")

    assert index(" ada  LOVELACE ") == index("Ada Lovelace") != index("Ada Lovelac")
    assert index("ＡＤＡ") == index("Ada")  # full width
    assert index("José") == index("JOSE\u0301")  # one letter or two marks
    assert index("Straße") == index("STRASSE")
    assert len(index("")) == 16


def test_a_blind_index_hangs_on_its_column_and_on_its_own_key(settings):
    before = blind_index("Ada", column="cases_youth.chosen_name")

    assert blind_index("Ada", column="cases_identity.legal_name") != before
    settings.MLMC_DATA_KEYS = KEY_2
    assert blind_index("Ada", column="cases_youth.chosen_name") == before
    settings.MLMC_INDEX_KEY = "another key"
    assert blind_index("Ada", column="cases_youth.chosen_name") != before


def test_ids_are_version_7_unlike_and_in_order_of_time():
    ids = []
    for _ in range(5):
        ids.append(uuid7())
        time.sleep(0.002)

    assert ids == sorted(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, uuid.RFC_4122)}
    assert len({uuid7() for _ in range(1000)}) == 1000
    assert abs((ids[0].int >> 80) / 1000 - time.time()) < 60


def test_every_nonce_is_new():
    assert len({seal("Ada", bound_to=PLACE)[2:14] for _ in range(1000)}) == 1000
    assert len(seal("", bound_to=PLACE)) == crypto.SHORTEST
