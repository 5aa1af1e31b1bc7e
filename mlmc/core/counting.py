"""How many there are, never counted past a bound: such a number costs the same however many there are."""

from django.core.exceptions import EmptyResultSet
from django.db import connection

MANY = 1000  # exact as far as here; a page says "1,000+" from the next one on


def counted(*querysets, enough=MANY + 1):
    """The number of rows of each, at most `enough`; one statement for all of them."""
    parts, params = [], []
    for rows in querysets:
        try:
            sql, values = rows.order_by()[:enough].values("pk").query.sql_with_params()
        except EmptyResultSet:  # nobody can be among them, and Django has no statement for it
            sql, values = "select 1 where false", []
        parts.append(f"(select count(*) from ({sql}) as rows)")
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(parts)}", params)
        return list(cursor.fetchone())
