"""A backup on its way through the page: onto the disk as it comes, from whoever gave the code and from nobody else."""

import shutil
import tempfile
import time

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.db import connection

from mlmc.backup.watching import LEAST_FREE
from mlmc.office import restoring

PAGE = "/set-up/restore/backup/"
EVERY = 5  # seconds: the database gives up on a transaction in which nothing is said for longer


def largest(request):
    """As much as the disk holds and still has room; None on any other page."""
    if request.path_info != PAGE or settings.MLMC_RESTORE_PAGE != restoring.OFFERED:
        return None
    return max(0, shutil.disk_usage(settings.VAR).free - LEAST_FREE)


class Sent(TemporaryUploadedFile):
    """In our own folder, where its owner alone reads it. Its name is not kept."""

    def __init__(self, folder):
        file = tempfile.NamedTemporaryFile(dir=folder, suffix=".part")  # noqa: SIM115 (closed with the request)
        UploadedFile.__init__(self, file, "sent.sealed", "application/octet-stream", 0, None)


class OnDisk(FileUploadHandler):
    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        here = self.request.path_info == PAGE and restoring.is_offered()
        self.welcome = here and restoring.may_go_on(self.request) and not restoring.is_under_way()

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.sent = None  # not `file`, which the parser closes without asking whether there is one
        if self.welcome:
            self.sent, self.said_at = Sent(restoring.tray().make()), time.monotonic()
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data, start):
        if self.sent is None:
            return raw_data
        self.sent.write(raw_data)
        if time.monotonic() - self.said_at > EVERY:
            self.said_at = time.monotonic()
            with connection.cursor() as cursor:
                cursor.execute("select 1")
        return None

    def file_complete(self, file_size):
        if self.sent is None:
            return None
        self.sent.flush()
        self.sent.seek(0)
        self.sent.size = file_size
        return self.sent

    def upload_interrupted(self):
        if getattr(self, "sent", None) is not None:
            self.sent.close()
