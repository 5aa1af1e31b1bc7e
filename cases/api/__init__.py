"""Referrals, youth and cases, for programs: the same rights, verbs and trail as the pages."""
