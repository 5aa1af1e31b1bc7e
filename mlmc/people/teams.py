"""Teams: a supervisor, the mentors she supports, and the staff who take paperwork off them."""

from django.db import transaction
from django.db.models import Count, Q

from mlmc.core.context import on_duty
from mlmc.core.models import Team


def with_people():
    """Every team with how many people are in it now: `size`."""
    return Team.objects.annotate(size=Count("people", filter=Q(people__is_active=True))).order_by("name")


@on_duty("accounts")
@transaction.atomic
def add(name):
    return Team.objects.create(name=name)


@on_duty("accounts")
@transaction.atomic
def rename(team, name):
    team.name = name
    team.save(update_fields=["name"])
