"""Follow-ups, answers of others and the report, for programs: the same rights, verbs and trail as the pages."""
