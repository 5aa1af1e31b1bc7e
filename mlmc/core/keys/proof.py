"""Are these the keys of this database? A start with others is refused, before anything is sealed with them."""

from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError, connection, transaction

from mlmc.core.context import Actor, acting_as
from mlmc.core.crypto import CannotOpen, blind_index, key_ring, open_sealed, seal, sealing_number
from mlmc.core.models import KeyCheck, ProgramRow

SENTENCE = "Nobody is ever cut off."
INDEX = "index"


def check():
    """Called as web, worker and commands start. Keys that are used for the first time leave their proof."""
    try:
        if not is_prepared():
            return  # before the first migrate there is nothing to open
        problem = another_kind() or wrong_actor_key() or wrong() or prove() or wrong()
    except OperationalError:
        raise ImproperlyConfigured("The database cannot be reached, so nobody knows whether the keys fit.") from None
    finally:
        if not connection.in_atomic_block:
            connection.close()  # those who serve are forked, or threads with connections of their own
    if problem:
        raise ImproperlyConfigured(problem)


@contextmanager
def new_index_key():
    """While every blind index is made anew: all other keys have to fit, and the proof of the old one goes with it."""
    with transaction.atomic():
        KeyCheck.objects.filter(name=INDEX).delete()
        check()
        yield


def is_prepared():
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('core_keycheck') is not null")
        return cursor.fetchone()[0]


def place(name):
    return f"core_keycheck.proof:{name}"


def wrong():
    """What is wrong with the keys of this process, in a sentence. Nothing is written."""
    proofs = {name: bytes(proof) for name, proof in KeyCheck.objects.values_list("name", "proof")}
    index = proofs.pop(INDEX, None)
    if index is not None and index != blind_index(SENTENCE, column=place(INDEX)):
        return (
            "MLMC_INDEX_KEY is not the key this database was searched with. Put the right one back, or make the"
            " indexes anew with `manage.py rotate_index_key`."
        )
    for name in sorted(proofs):
        if int(name) not in key_ring():
            return (
                f"Key {name} is missing from MLMC_DATA_KEYS, and values here may be sealed with it. Put it back; it"
                " may go when `manage.py rotate_keys` says so."
            )
        try:
            open_sealed(proofs[name], bound_to=place(name))
        except CannotOpen:
            return f"Key {name} of MLMC_DATA_KEYS is not the key this database was sealed with. Put that one back."
    return None


def prove():
    """Leave the proof of the key that seals from now on, and of the index key. Whoever was first stays."""
    made = {
        str(sealing_number()): seal(SENTENCE, bound_to=place(sealing_number())),
        INDEX: blind_index(SENTENCE, column=place(INDEX)),
    }
    known = set(KeyCheck.objects.values_list("name", flat=True))
    rows = [KeyCheck(name=name, proof=proof) for name, proof in made.items() if name not in known]
    KeyCheck.objects.bulk_create(rows, ignore_conflicts=True)


def another_kind():
    """The demo is never served as a program, nor a program as the demo, whatever the environment says."""
    kind = ProgramRow.objects.values_list("kind", flat=True).first()
    if kind == ProgramRow.Kind.DEMO and not settings.MLMC_DEMO:
        return (
            "This database holds the demo: everybody in it is made up. A program of your own begins in an empty one."
        )
    if kind == ProgramRow.Kind.REAL and settings.MLMC_DEMO:
        return "This database holds a real program, so it is not shown as the demo. Take MLMC_DEMO away."
    return None


def wrong_actor_key():
    """The database refuses whoever signs with a key it does not know. The app alone is asked: it alone signs."""
    try:
        with acting_as(Actor.system("keys")), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select has_function_privilege('public.current_actor()', 'execute')")
            if cursor.fetchone()[0]:
                cursor.execute("select from public.current_actor()")
    except OperationalError:
        raise
    except DatabaseError:
        return "MLMC_ACTOR_KEY is not the key this database knows. Run `manage.py secure_database` with the right one."
    return None
