"""Where backups lie: a folder on this machine, and, where they are named, a second folder and an S3 bucket."""

import os
import shutil
from pathlib import Path

from django.conf import settings

SUFFIX = ".sealed"
NAME = f"%Y%m%dT%H%M%SZ{SUFFIX}"  # a moment, and nothing about whose it is


def folder():
    place = Path(settings.MLMC_BACKUP_DIR)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


class Folder:
    """A second path: another disk, or a share of another machine."""

    def __init__(self, path):
        self.path = Path(path)

    def put(self, file):
        if not self.path.is_dir():  # never made here: an unmounted disk would fill the first one
            raise FileNotFoundError("The second backup folder is not there. Is its disk mounted?")
        draft = self.path / f"{file.name}.part"
        try:
            shutil.copyfile(file, draft)
            draft.chmod(0o600)
            with draft.open("rb") as copied:
                os.fsync(copied.fileno())
            draft.rename(self.path / file.name)
        finally:
            draft.unlink(missing_ok=True)

    def names(self):
        return sorted(found.name for found in self.path.glob(f"*{SUFFIX}"))

    def remove(self, name):
        (self.path / name).unlink(missing_ok=True)

    def fetch(self, name, to):
        shutil.copyfile(self.path / name, to)


class Bucket:
    """An S3-compatible store: `bucket/prefix`. Its key and secret are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."""

    def __init__(self, address, *, endpoint):
        import boto3  # noqa: PLC0415 (a second of work that only a program with a bucket needs)

        self.bucket, _, self.prefix = address.partition("/")
        self.store = boto3.client("s3", endpoint_url=endpoint or None)

    def _key(self, name):
        return f"{self.prefix}/{name}" if self.prefix else name

    def put(self, file):
        self.store.upload_file(str(file), self.bucket, self._key(file.name))

    def names(self):
        pages = self.store.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._key(""))
        names = (found["Key"].rpartition("/")[2] for page in pages for found in page.get("Contents", []))
        return sorted(name for name in names if name.endswith(SUFFIX))

    def remove(self, name):
        self.store.delete_object(Bucket=self.bucket, Key=self._key(name))

    def fetch(self, name, to):
        self.store.download_file(self.bucket, self._key(name), str(to))


def others():
    """{what it is called on system health: place}, as far as the environment names them."""
    found = {}
    if settings.MLMC_BACKUP_COPY:
        found["second folder"] = Folder(settings.MLMC_BACKUP_COPY)
    if settings.MLMC_BACKUP_BUCKET:
        found["bucket"] = Bucket(settings.MLMC_BACKUP_BUCKET, endpoint=settings.MLMC_BACKUP_ENDPOINT)
    return found
