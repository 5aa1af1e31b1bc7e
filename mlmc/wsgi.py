"""The door for a web server: gunicorn mlmc.wsgi."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from mlmc.core.keys.ring import said_plainly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlmc.settings")
with said_plainly():
    application = get_wsgi_application()

    from mlmc.core.keys import proof  # noqa: PLC0415 (needs the apps)

    proof.check()

# What was loaded stays as long as the process: whoever looks for garbage need not look there, nor at each page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000)
