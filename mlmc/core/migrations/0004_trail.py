from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "postgres" / "sql"


class Migration(migrations.Migration):
    dependencies = [("core", "0003_heartbeat")]
    operations = [migrations.RunSQL((SQL / "trail.sql").read_text(), (SQL / "trail_undo.sql").read_text())]
