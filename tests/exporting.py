"""Files as somebody takes them out: asked for by a page, written by a worker, fetched."""

from mlmc.core import tasks
from mlmc.core.models import Export
from mlmc.core.postgres.roles import APP
from tests.conftest import as_role


def latest():
    return Export.objects.order_by("-asked_at", "-pk").first()


def written(export):
    """As the worker does it, from its log-in and as nobody."""
    with as_role(APP):
        tasks.write_file(str(export.pk), person=str(export.by_id))
    return Export.objects.get(pk=export.pk)


def fetched(client, export):
    return client.post(f"/files/{export.pk}/fetch/")


def content_of(answer):
    return b"".join(answer.streaming_content)


def taken(client, url, said=()):
    """The bytes of what this page offers, asked for, written and fetched."""
    answer = client.post(url, dict(said))
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/files/")
    return content_of(fetched(client, written(latest())))
