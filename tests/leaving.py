"""What tests about somebody who leaves share: the page, what it is sent, and what is in hand."""

from datetime import timedelta

from django.utils import timezone

from mlmc.core import holding
from mlmc.core.models import OutboxRow
from tests.factories import AccessFactory

NOW = timezone.now()
DAY = timedelta(days=1)


def page_of(client, reader, person):
    client.force_login(reader)
    return client.get(f"/people/{person.pk}/leave/").content.decode()


def hands_over(client, reader, person, kind, data):
    client.force_login(reader)
    fields = {f"{kind}-{name}": getattr(to, "pk", to) for name, to in data.items()}
    return client.post(f"/people/{person.pk}/leave/{kind}/", fields)


def held(person):
    return {section.kind.name: len(section.lines) for section in holding.of(person)}


def gives(as_what, user, **case):
    return AccessFactory(user=user, as_what=as_what, begins=NOW - DAY, **case)


def told():
    return {row.recipient for row in OutboxRow.objects.all()}
