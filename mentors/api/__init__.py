"""Mentors, mentorships, meetings and concerns, for programs: the same rights, verbs and trail as the pages."""
