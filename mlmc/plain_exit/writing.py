"""The keeper writes what was granted: one CSV file a table, and a dictionary that says what every column means."""

import csv
import json
import os
import shutil
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from mlmc import levels
from mlmc.core.crypto import CannotOpen, EncryptedTextField
from mlmc.core.models import ExitRequest
from mlmc.core.tables import harmless

# Ways in and bookkeeping: of no use outside, and some of them would open this program.
LEFT_OUT = {
    "core.Session": "who is signed in",
    "core.Passkey": "a way in",
    "core.AuthenticatorApp": "a way in",
    "core.RecoveryCode": "a way in",
    "core.KnownDevice": "a way in",
    "core.Invitation": "a way in",
    "core.Attempt": "wrong tries",
    "core.KeyCheck": "of the keys",
    "core.OutboxRow": "messages, which say nothing",
    "core.Change": "sealed words as they were; the history stands in the backup",
    "outcomes.SurveyLink": "a way in",
    "cases.LookupKey": "what search finds by; made anew from the names",
}
NOT_COLUMNS = {"core.User": {"password"}, "core.ProgramRow": {"mail_password"}}
BATCH = 2000


def home():
    return settings.VAR / "exit"


def write_granted(*, at):
    """Each granted request once. A folder appears whole or not at all; what was half written is begun again."""
    for request in ExitRequest.objects.filter(granted=True, written_at=None, problem=""):
        name = f"{at:%Y%m%dT%H%M%SZ}-{str(request.pk)[-6:]}"
        try:
            request.rows = write(home() / name)
        except (OSError, CannotOpen) as problem:
            request.problem = getattr(problem, "strerror", "") or "A sealed value did not open: is a key missing?"
        else:
            request.folder, request.written_at = name, at
        request.save(update_fields=["rows", "problem", "folder", "written_at"])


def write(folder):
    """Returns how many rows were written. Nobody but the program's own user opens the folder."""
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    half = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    try:
        with transaction.atomic(), some_at_a_time():
            rows = sum(write_table(half, model) for model in tables())
        write_dictionary(half)
        half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return rows


@contextmanager
def some_at_a_time():
    """Within one transaction a cursor lasts, also behind a pool of connections; without one a whole table would be
    held in memory."""
    said = connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = False
    try:
        yield
    finally:
        connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = said


def tables():
    return [model for model in apps.get_models() if model.__module__.split(".")[0] not in ("django",)]


def columns(model):
    left_out = NOT_COLUMNS.get(model._meta.label, ())
    return [field for field in model._meta.concrete_fields if field.name not in left_out]


def write_table(folder, model):
    if model._meta.label in LEFT_OUT:
        return 0
    fields, count = columns(model), 0
    with open(folder / f"{model._meta.label_lower}.csv", "w", newline="", encoding="utf-8", opener=private) as file:
        lines = csv.writer(file)
        lines.writerow([field.attname for field in fields])
        for row in model._base_manager.order_by(*keys(model)).iterator(chunk_size=BATCH):
            lines.writerow([cell(field, row) for field in fields])
            count += 1
    return count


def keys(model):
    key = model._meta.pk
    return list(key.field_names) if isinstance(key, models.CompositePrimaryKey) else ["pk"]


def cell(field, row):
    """A value as a spreadsheet reads it: lists and objects as JSON, moments in UTC, empty for none."""
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if isinstance(value, (list, dict)):
        return harmless(json.dumps(value, ensure_ascii=False, default=str))
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return harmless(value.isoformat() if hasattr(value, "isoformat") else str(value))


def private(path, flags):
    return os.open(path, flags, 0o600)


def write_dictionary(folder):
    """What each file and column holds, in our words and in the code's."""
    with open(folder / "DICTIONARY.csv", "w", newline="", encoding="utf-8", opener=private) as file:
        lines = csv.writer(file)
        lines.writerow(["file", "column", "holds", "kind", "one of", "points at", "harm if it gets out"])
        for model in tables():
            if model._meta.label in LEFT_OUT:
                lines.writerow([f"{model._meta.label_lower} (left out)", "", LEFT_OUT[model._meta.label]])
                continue
            about = (model.__doc__ or "").strip().split("\n")[0]
            lines.writerow([f"{model._meta.label_lower}.csv", "", "" if about.startswith(model.__name__) else about])
            for field in columns(model):
                lines.writerow(described(model, field))
    with open(folder / "README.txt", "w", encoding="utf-8", opener=private) as file:
        file.write(README)


def described(model, field):
    related = field.related_model._meta.label_lower if field.related_model else ""
    choices = "; ".join(f"{value} = {label}" for value, label in field.flatchoices) if field.choices else ""
    kind = "text, opened" if isinstance(field, EncryptedTextField) else field.get_internal_type()
    level = levels.LEVELS[model._meta.label].of(field.name)
    return ["", field.attname, str(field.verbose_name), kind, choices, related and f"{related}.csv", level]


README = """Everything this program knew, as it stood on the day this folder was written.

One CSV file a table (UTF-8, commas, the first line names the columns). DICTIONARY.csv says what each column holds.
Ids join the files: youth_id in cases.case.csv is id in cases.youth.csv. Moments are in UTC. Lists are JSON.
A text that a spreadsheet would run as a formula has an apostrophe before it.

Nothing here is sealed any more. Keep it where you keep the key sheet, and erase it when it has been taken over.
"""
