"""Bringing in what exists: a file becomes rows, each row becomes a record or a reason, and all of it can go again."""
