"""A program's key holds the roles two people gave it, and no other, in the database as well."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "postgres" / "sql" / "key_roles.sql"
UNDO = "drop trigger agreed on core_integration; drop function guard.hold_key_roles()"


class Migration(migrations.Migration):
    dependencies = [("core", "0019_two_people_raise_somebody")]
    operations = [migrations.RunSQL(SQL.read_text(), UNDO)]
