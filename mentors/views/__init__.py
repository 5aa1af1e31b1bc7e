"""The pages: a mentor's phone, the supervisor's team, the paperwork support takes off mentors."""
