"""The differences of a test: made-up keys, quick passwords, plain static files, three roles behind one log-in."""

import base64
import os

from tests import cluster

VAR = cluster.HOME / "var" / cluster.HELPER
os.environ.update(
    MLMC_VAR=str(VAR),
    MLMC_SECRET_KEY="the secret key of the tests, which signs nothing that matters",
    MLMC_ACTOR_KEY="an actor key of the tests, longer than the block of sixty-four bytes it is hashed to",
    MLMC_DATA_KEYS="1:" + base64.b64encode(b"1" * 32).decode(),
    MLMC_INDEX_KEY="an index key of the tests, which is made up as well",
    MLMC_DATABASE_ROLE="app",
    DATABASE_URL=cluster.postgres.url(cluster.TESTER, cluster.PASSWORDS[cluster.TESTER], cluster.DATABASE),
    REDIS_URL=cluster.broker(),
)
for name in ("MLMC_DEMO", "MLMC_RESTORE_PAGE", "MLMC_SITE_URL", "MLMC_HOSTS", "MLMC_SMTP_HOST", "MLMC_TIME_ZONE"):
    os.environ.pop(name, None)  # a test's outcome does not hang on the shell it was started from

from mlmc.settings import *  # noqa: E402, F403
from mlmc.settings import ALLOWED_HOSTS, DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

DATABASES["default"]["OPTIONS"]["assume_role"] = cluster.KEEPER  # data is made so; the client and `acting` change it
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ALLOWED_HOSTS.append("testserver")
CELERY_BROKER_POOL_LIMIT = 0  # each message on a connection of its own, which no test leaves behind
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing one
