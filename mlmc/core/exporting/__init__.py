"""Taking rows out as a file: asked for, written by a worker as the person who asked, kept sealed, fetched, gone."""
