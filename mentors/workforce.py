"""Who mentors: the record behind everybody with the role."""

from mentors.models import Mentor, MentorStatus
from mlmc.core.models import Role


def welcome(user):
    """Everybody with the role has a mentor's record. A new mentor begins by shadowing and holds no youth yet."""
    if user.has_role(Role.MENTOR):
        Mentor.objects.get_or_create(user=user, defaults={"status": MentorStatus.SHADOWING})
