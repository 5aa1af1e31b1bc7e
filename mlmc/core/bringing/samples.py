"""A file to begin with: our headings, and some rows with made-up people in them."""

from mlmc.core import tables


def rows_of(kind):
    columns = kind.columns()
    yield [column.label for column in columns]
    for number in range(max((len(column.examples) for column in columns), default=0)):
        yield [column.examples[number] if number < len(column.examples) else "" for column in columns]


def as_file(kind, form):
    """The bytes of a template, as CSV that every spreadsheet opens with its letters right, or as a workbook."""
    if form == "xlsx":
        return tables.as_xlsx(rows_of(kind), title=kind.label)
    return ("\ufeff" + tables.as_csv(rows_of(kind))).encode()
