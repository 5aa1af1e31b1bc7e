"""The table of contents of the API, its description and its page. Each app's part is in `<app>/api`."""
