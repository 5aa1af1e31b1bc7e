"""What people see: the youth one question a page, staff who is due, and what changed."""
