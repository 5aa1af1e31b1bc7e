"""The keys values are sealed with: where they stand, whether they fit this database, on paper, and turned."""
