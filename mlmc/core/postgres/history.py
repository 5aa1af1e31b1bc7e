"""What a record said before it was changed: kept by triggers, whoever changes it and however. See sql/trail.sql.

Each app names in its `policies.py` which tables are kept, what their rows are about and by which column:
`HISTORY = {Identity: ("youth", "youth_id")}`. Reading it follows the same rights; see the rules of `Change`.
"""

from mlmc.core import each_app
from mlmc.core.postgres.roles import GUARD

# A key is turned without a line here: the words stay what they were, under the new key. Only the keeper may say so.
UNLESS_RESEALING = "not (current_user = 'mlmc_keeper' and coalesce(current_setting('app.resealing', true), '') = 'on')"


def kept():
    """{table: (what its rows are about, the column that says which)}."""
    found = {}
    for module in each_app.modules("policies"):
        found |= {model._meta.db_table: about for model, about in getattr(module, "HISTORY", {}).items()}
    return found


def statements():
    yield f"grant insert on core_change to {GUARD}"  # whose hands the trigger writes with
    for table, (about, column) in sorted(kept().items()):
        yield (
            f"create or replace trigger keep_change after update or delete on {table} for each row"
            f" when ({UNLESS_RESEALING}) execute function guard.keep_change('{about}', '{column}')"
        )
