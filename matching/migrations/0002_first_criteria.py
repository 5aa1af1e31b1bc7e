"""Version 1 of what counts in a match: a draft, until the survivor council has approved it."""

from django.db import migrations

from matching.criteria import VERSION_1, rows
from mlmc.core.crypto import uuid7


def load(apps, schema_editor):
    Criterion = apps.get_model("matching", "Criterion")
    Criterion.objects.bulk_create([Criterion(id=uuid7(), **row) for row in rows(1, VERSION_1)])


def unload(apps, schema_editor):
    apps.get_model("matching", "Criterion").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
