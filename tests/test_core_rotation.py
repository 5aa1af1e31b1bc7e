"""Keys are turned while people work: no edit is lost, every value opens, and then the old key can go."""

import base64
import random
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

from cases.importing import import_lines
from cases.models import Identity, LookupKey, Youth
from cases.referral_files import Line
from cases.search import find
from mlmc.core import throttle
from mlmc.core.crypto import CannotOpen, EncryptedTextField, open_sealed, place_of
from mlmc.core.door import passkeys
from mlmc.core.keys import rotation
from mlmc.core.models import Attempt, Change, KeyCheck, Passkey
from mlmc.core.postgres.roles import KEEPER
from tests import cluster
from tests.factories import CaseFactory, PasskeyFactory, RecoveryCodeFactory, UserFactory, YouthFactory

KEY_1 = "1:" + base64.b64encode(b"1" * 32).decode()
KEY_2 = "2:" + base64.b64encode(b"2" * 32).decode()
BOTH, TURNED = f"{KEY_1},{KEY_2}", f"{KEY_2},{KEY_1}"


def numbers_of(model, column):
    """Which keys sealed the values of a column."""
    with connection.cursor() as cursor:
        cursor.execute(f"select get_byte({column}, 1), count(*) from {model._meta.db_table} group by 1 order by 1")
        return dict(cursor.fetchall())


def opened(model):
    """Every sealed value of a table, opened."""
    fields = [f.attname for f in model._meta.local_fields if isinstance(f, EncryptedTextField)]
    return {row.pk: [getattr(row, name) for name in fields] for row in model.objects.all()}


def turn(**how):
    return {turned.table: (turned.anew, turned.left, set(turned.numbers)) for turned in rotation.turn(**how)}


@pytest.mark.django_db
def test_what_an_old_key_sealed_is_counted_and_then_sealed_anew(settings):
    """G41: and a second run finds nothing to do."""
    made = [YouthFactory(identity=True, identity__legal_name=f"Legal {n}") for n in range(3)]
    before = opened(Youth), opened(Identity)
    settings.MLMC_DATA_KEYS = TURNED

    assert turn(only_count=True)["cases_youth"] == (0, 3, {1})
    assert turn()["cases_youth"] == (3, 0, set())
    assert turn()["cases_identity"] == (0, 0, set())

    settings.MLMC_DATA_KEYS = KEY_2  # the old key is gone
    assert (opened(Youth), opened(Identity)) == before
    assert numbers_of(Youth, "chosen_name") == {2: len(made)}


@pytest.mark.django_db
def test_more_rows_than_one_batch_are_turned_whole(settings, monkeypatch):
    YouthFactory.create_batch(7)
    settings.MLMC_DATA_KEYS = TURNED
    monkeypatch.setattr(rotation, "BATCH", 3)

    assert turn()["cases_youth"] == (7, 0, set())


@pytest.mark.django_db
def test_a_value_that_does_not_open_stays_is_counted_and_stops_nobody_else(settings):
    one, other = YouthFactory(), YouthFactory()
    with connection.cursor() as cursor:  # laid into another row by somebody
        swap = "update cases_youth set pronouns = (select pronouns from cases_youth where id = %s) where id = %s"
        cursor.execute(swap, [one.pk, other.pk])
    settings.MLMC_DATA_KEYS = TURNED

    assert turn()["cases_youth"] == (2, 1, {1})

    assert Youth.objects.get(pk=one.pk).pronouns == one.pronouns
    with pytest.raises(CannotOpen):
        Youth.objects.get(pk=other.pk).pronouns  # noqa: B018


@pytest.mark.django_db
def test_what_a_record_said_before_is_sealed_anew_and_still_opens(settings):
    """G41: the history, bound to the row it tells of. Turning a key is itself no change of anybody's record."""
    youth, unchanged = YouthFactory(chosen_name="First"), YouthFactory()
    for name in ("Second", "Third"):
        youth.chosen_name = name
        youth.save(update_fields=["chosen_name"])
    youth.born_on = None
    youth.save(update_fields=["born_on"])
    settings.MLMC_DATA_KEYS = TURNED

    assert turn(only_count=True)["core_change"] == (0, 3, {1})
    assert turn()["core_change"] == (3, 0, set())
    assert turn()["core_change"] == (0, 0, set())

    settings.MLMC_DATA_KEYS = KEY_2
    kept = [change.old for change in Change.objects.filter(table_name="cases_youth").order_by("pk")]
    assert [list(old) for old in kept] == [["chosen_name"], ["chosen_name"], ["born_on"]]
    told = [open_copy(name, value, youth.pk) for old in kept for name, value in old.items()]
    assert told == ["First", "Second", "2011-04-17"]
    with pytest.raises(CannotOpen):
        open_copy("chosen_name", kept[0]["chosen_name"], unchanged.pk)


def open_copy(column, text, pk):
    return open_sealed(bytes.fromhex(text[2:]), bound_to=place_of("cases_youth", column, pk))


@pytest.mark.django_db
def test_whoever_has_not_restarted_yet_goes_on_working_and_is_caught_up_with(settings):
    """G41: a process in which the old key still seals opens what was turned; what it seals is turned next time."""
    settings.MLMC_DATA_KEYS = BOTH
    youth = YouthFactory(chosen_name="Before")
    settings.MLMC_DATA_KEYS = TURNED
    assert turn()["cases_youth"] == (1, 0, set())

    settings.MLMC_DATA_KEYS = BOTH
    again = Youth.objects.get(pk=youth.pk)
    assert again.chosen_name == "Before"
    again.chosen_name = "After"
    again.save(update_fields=["chosen_name"])

    settings.MLMC_DATA_KEYS = TURNED
    assert turn(only_count=True)["cases_youth"] == (0, 1, {1})
    assert turn()["cases_youth"] == (1, 0, set())
    settings.MLMC_DATA_KEYS = KEY_2
    assert Youth.objects.get(pk=youth.pk).chosen_name == "After"


def test_every_table_that_seals_anything_is_turned():
    """A model with a sealed field that this list lacks would keep its old key."""
    assert {"cases_youth", "cases_identity", "cases_referral", "mentors_meeting", "outcomes_answer"} <= set(
        rotation.sealed_tables()
    )


def test_keys_turn_while_people_work(log_in, settings):
    """G41: with traffic, 0 errors, no edit lost or overwritten, every value opens and the old key can go."""
    settings.MLMC_DATA_KEYS = BOTH
    log_in(KEEPER)
    youth = YouthFactory.create_batch(120, identity=True)
    last, errors, done = {}, [], threading.Event()

    def work(number):
        rng, count = random.Random(number), 0
        try:
            while not done.is_set() or count < 40:
                count += 1
                mine = rng.choice(youth[number::4])  # whose last edit is known is edited by one thread alone
                with transaction.atomic():
                    row = Youth.objects.select_for_update().get(pk=mine.pk)
                    row.chosen_name = last[mine.pk] = f"{number} wrote {count}"
                    row.save(update_fields=["chosen_name"])
                assert Youth.objects.get(pk=rng.choice(youth).pk).pronouns == "they/them"
        except Exception as problem:
            errors.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    settings.MLMC_DATA_KEYS = TURNED
    first = turn()
    done.set()
    for thread in threads:
        thread.join(30)
    turn()

    assert errors == []
    assert first["cases_identity"] == (120, 0, set())
    settings.MLMC_DATA_KEYS = KEY_2
    names = {row.pk: row.chosen_name for row in Youth.objects.all()}
    assert {pk: names[pk] for pk in last} == last
    assert numbers_of(Youth, "chosen_name") == {2: 120}


def test_a_row_in_somebodys_hands_is_left_and_taken_later(log_in, settings, monkeypatch):
    """What is edited at this moment is neither waited for nor overwritten; a run that was ended begins again."""
    monkeypatch.setattr(rotation, "ROUNDS", 2)
    settings.MLMC_DATA_KEYS = KEY_1
    log_in(KEEPER)
    mine, other = YouthFactory(chosen_name="Before"), YouthFactory()
    held, let_go = threading.Event(), threading.Event()

    def edit():
        with transaction.atomic():
            row = Youth.objects.select_for_update().get(pk=mine.pk)
            held.set()
            let_go.wait(20)
            row.chosen_name = "After"
            row.save(update_fields=["chosen_name"])
        connection.close()

    thread = threading.Thread(target=edit)
    thread.start()
    held.wait(20)
    settings.MLMC_DATA_KEYS = TURNED
    assert turn()["cases_youth"] == (1, 1, {1})
    let_go.set()
    thread.join(20)

    assert turn()["cases_youth"] == (1, 0, set())

    settings.MLMC_DATA_KEYS = KEY_2
    assert Youth.objects.get(pk=mine.pk).chosen_name == "After"
    assert Youth.objects.get(pk=other.pk).chosen_name == other.chosen_name


def test_the_command_turns_as_the_keeper_and_says_when_the_old_key_may_go(log_in):
    """The proof of a key goes with the last value behind it."""
    log_in(KEEPER)
    CaseFactory()
    cluster.manage("rebuild_lookup_keys")  # any command: the key that seals leaves its proof
    assert set(KeyCheck.objects.values_list("name", flat=True)) == {"1", "index"}

    counted = cluster.manage("rotate_keys", "--check", MLMC_DATA_KEYS=TURNED)
    turned = cluster.manage("rotate_keys", MLMC_DATA_KEYS=TURNED)

    assert "left on key 1" in counted
    assert "Everything here is sealed with key 2. Key 1 may go out of MLMC_DATA_KEYS" in turned
    assert set(KeyCheck.objects.values_list("name", flat=True)) == {"2", "index"}
    assert "Everything here is sealed with key 2." in cluster.manage("rotate_keys", "--check", MLMC_DATA_KEYS=KEY_2)


# The index key

SOME = ec.generate_private_key(ec.SECP256R1()).public_key()


def finds(user, text):
    return {hit.who.pk for hit in find(user, text)[0]}


def test_every_blind_index_is_made_anew_under_a_new_key(log_in):
    log_in(KEEPER)
    case, intake = CaseFactory(youth=YouthFactory(chosen_name="Keziah", identity=True)), UserFactory(intake=True)
    values = {"row": "R-1", "received": "2026-03-02 16:52", "first": "Oriel", "last": "Dell"}
    import_lines([Line("R-1", values)], at=timezone.now())
    throttle.knock("refer", "203.0.113.9", at=timezone.now())
    credential = AttestedCredentialData.create(b"a" * 16, b"the id of a key", ES256.from_cryptography_key(SOME))
    passkey = PasskeyFactory(user=intake, credential=websafe_encode(bytes(credential)))
    RecoveryCodeFactory(user=intake)
    cluster.manage("rebuild_lookup_keys")
    before = LookupKey.objects.count()
    assert finds(intake, "Keziah") == {case.pk}
    new = "another index key, made for this one test alone"

    with pytest.raises(RuntimeError, match="MLMC_INDEX_KEY is not the key this database was searched with"):
        cluster.manage("rebuild_lookup_keys", MLMC_INDEX_KEY=new)
    said = cluster.manage("rotate_index_key", MLMC_INDEX_KEY=new)

    assert said.startswith(
        f"{before} keys people are found by, 1 imported rows and 1 passkeys are indexed with the new"
    )
    assert "\n1 recovery codes and 1 counted attempts were forgotten" in said
    assert finds(intake, "Keziah") == set()  # this process still has the old key
    old, django_settings.MLMC_INDEX_KEY = django_settings.MLMC_INDEX_KEY, new
    try:
        assert finds(intake, "Keziah") == {case.pk}
        assert bytes(Passkey.objects.get(pk=passkey.pk).handle) == passkeys.handle_of(b"the id of a key")
        assert import_lines([Line("R-1", values)], at=timezone.now()).already_imported == 1
    finally:
        django_settings.MLMC_INDEX_KEY = old
    assert not Attempt.objects.exists()
    with pytest.raises(RuntimeError, match="MLMC_INDEX_KEY is not the key"):
        cluster.manage("rebuild_lookup_keys")
