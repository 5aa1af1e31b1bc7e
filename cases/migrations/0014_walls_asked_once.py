"""Every list asks which cases a wall keeps from its reader, some of them four times. The question stood in each of these
places as a query of its own, which PostgreSQL planned each time, with the policies of both tables: more than half of
what a caseload cost there. As a function its plan is kept. It is no security definer: the same rows are asked for by
the same person behind the same policies, which follow whoever calls."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "walls.sql"


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_not_reached")]

    operations = [migrations.RunSQL(SQL.read_text(), "drop function public.cases_walled_from(uuid)")]
