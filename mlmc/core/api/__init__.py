"""What every answer to a program has in common: keys, scopes, problems, pages, one answer per key, edits."""
