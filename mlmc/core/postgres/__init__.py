"""Our engine for PostgreSQL, its log-ins, and the rules and triggers it keeps."""
