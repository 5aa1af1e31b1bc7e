"""What tests of who acts share: a few actors, and who acts as the database understands it."""

import uuid

from django.db import connection

from mlmc.core.context import Actor

DIRECTOR = Actor(uuid.UUID(int=1), ("director",))
MENTOR = Actor(uuid.UUID(int=2), ("mentor", "supervisor"))
DOOR = Actor.named("door")


def who():
    """Who acts, as the database understands it."""
    with connection.cursor() as cursor:
        cursor.execute("select user_id, scope from current_actor()")
        return Actor(*[tuple(value) if isinstance(value, list) else value for value in cursor.fetchone() or ()])
