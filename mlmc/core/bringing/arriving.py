"""Where the bytes of an upload go: into memory, never into a folder; and only from somebody who is signed in, to the
one page that takes files. Whatever else comes along with a form is let fall unread. A sealed backup goes another way:
mlmc.office.restore_upload."""

from django.contrib.auth import SESSION_KEY
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile

from mlmc.core.bringing.reading import LARGEST

PAGE = "/bring/"
FORM = 100_000  # bytes the rest of the form may have


def largest(request):
    """How long a request to this page may be, or None where the ordinary measure holds."""
    return LARGEST + FORM if request.path_info == PAGE else None


class InMemory(MemoryFileUploadHandler):
    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        session = getattr(self.request, "session", None)
        self.welcome = self.request.path_info == PAGE and session is not None and SESSION_KEY in session
        self.activated = self.welcome and content_length <= LARGEST + FORM

    def new_file(self, *args, **kwargs):
        if not self.activated:
            raise SkipFile
        super().new_file(*args, **kwargs)
