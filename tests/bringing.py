"""Files as somebody brings them: made up here, brought in as the program does it, step by step."""

import csv
import io
import json

from django.utils import timezone
from openpyxl import Workbook

from mlmc.core.bringing import kinds, rejected, running, undoing, uploading
from mlmc.core.models import Import
from tests.conftest import acting


def as_csv(rows, columns=None, **how):
    """Rows (dicts by heading) as the text of a CSV file."""
    out = io.StringIO(newline="")
    columns = columns or list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, columns, restval="", **how)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_xlsx(rows):
    """Rows (lists of cells, headings first) as the bytes of a workbook."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def uploaded(kind, content, *, by):
    if isinstance(content, list):
        content = as_csv(content)
    with acting(by):
        return uploading.upload(
            kinds.named(kind), content if isinstance(content, bytes) else content.encode(), by=by, at=timezone.now()
        )


def brought(kind, content, *, by):
    """Uploaded, begun and run to its end; the import as it is then."""
    file = uploaded(kind, content, by=by)
    with acting(by):
        running.begin(file, by=by, at=timezone.now())
        running.run(file.pk, by_id=by.pk)
    return Import.objects.get(pk=file.pk)


def taken_back(file, *, by):
    with acting(by):
        undoing.begin(Import.objects.get(pk=file.pk), by=by, at=timezone.now())
        running.run(file.pk, by_id=by.pk, step=undoing.take_some_back)
    return Import.objects.get(pk=file.pk)


def reasons(file):
    """[(row, column, reason)] of what was not taken."""
    headings = json.loads(file.columns)
    rows = file.rows.filter(status__in=["rejected", "kept"]).order_by("number")
    return [(row.number, *rejected.told(row, headings)) for row in rows]


def counts(file):
    return {name: getattr(file, name) for name in ("total", "accepted", "added", "rejected")}
