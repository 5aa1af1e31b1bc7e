"""Programs that may ask: which there are, what each may, and the end of it."""
