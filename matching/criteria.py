"""What counts in a match, as a table. A changed table is a new version, never a changed past.

Draft until the survivor council approves it. `points` count when the pair fits; `wished_points` instead of them when
the youth wished for it. A criterion of no points counts only where it was wished for.
"""

FIELDS = ("code", "label", "points", "wished_points")

VERSION_1 = [
    ("experience", "Shared experience", 3, 6),
    ("background", "Background", 2, 4),
    ("language", "Language", 3, 6),
    ("area", "Location", 2, 4),
    ("interests", "Interests", 1, 2),
    ("texts", "Texting", 0, 2),
]


def rows(version, table):
    """The rows of a table as they are stored."""
    return [
        {"version": version, "order": order} | dict(zip(FIELDS, row, strict=True))
        for order, row in enumerate(table, start=1)
    ]
