"""Where our own scripts, styles and fonts lie."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Gathered(CompressedManifestStaticFilesStorage):
    """What was gathered stays as it is while a process runs: each file's address is worked out once. A page names
    two dozen."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.url = cache(self.url)
