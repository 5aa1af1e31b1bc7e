"""The questions as they were first written, and the three waves with their windows."""

import json
from pathlib import Path

from django.db import migrations

from mlmc.core.crypto import uuid7

FILE = Path(__file__).parent.parent / "instruments" / "followup-v1.json"

# months, opens, closes. Baseline is asked from the day the case opens.
WAVES = [(0, "0", "2"), (6, "5", "8"), (12, "10.5", "15")]


def load(apps, schema_editor):
    definition = json.loads(FILE.read_text(encoding="utf-8"))
    Instrument, Wave = apps.get_model("outcomes", "Instrument"), apps.get_model("outcomes", "Wave")
    Instrument.objects.create(
        id=uuid7(), code=definition["code"], version=definition["version"], definition=definition
    )
    for months, opens, closes in WAVES:
        Wave.objects.create(id=uuid7(), months=months, opens_months=opens, closes_months=closes)


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0002_response_danger_at")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
