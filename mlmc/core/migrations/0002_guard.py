from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "postgres" / "sql"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL((SQL / "actor.sql").read_text(), (SQL / "actor_undo.sql").read_text())]
