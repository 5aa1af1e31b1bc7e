"""Numbered places: which one is free. The mentor's row is locked while anybody decides."""

from mentors.models import Mentor


class NoPlaceLeft(Exception):
    """The mentor has no free place. The message is fit for the user."""


def locked(mentor_id):
    """The mentor, held until the end of the transaction. Always locked first, before case and mentorship."""
    return Mentor.objects.select_for_update(of=("self",)).get(pk=mentor_id)


def locked_both(*mentor_ids):
    """Several mentors, always in the same order, so that two hand-overs cannot wait for each other."""
    rows = Mentor.objects.select_for_update(of=("self",)).filter(pk__in=mentor_ids).order_by("pk")
    return {mentor.pk: mentor for mentor in rows}


def taken(mentor):
    """The numbers in use, of a locked mentor."""
    return set(mentor.mentorships.filter(slot__isnull=False).values_list("slot", flat=True))


def free(mentor):
    """The lowest free number of a locked mentor. Somebody above the usual places keeps it full until it is level."""
    return free_among(taken(mentor), mentor.places)


def free_among(used, places):
    if len(used) >= places:
        raise NoPlaceLeft(f"All {places} places with this mentor are taken.")
    return _lowest(used)


def free_for_coming_back(mentor, *, ceiling, supervisor):
    """As `free`; when the mentor is full, the next number up to the ceiling with a supervisor's yes."""
    used = taken(mentor)
    if len(used) < mentor.places:
        return _lowest(used)
    if len(used) >= ceiling:
        raise NoPlaceLeft(f"All {ceiling} places this mentor can ever have are taken.")
    if not supervisor:
        raise NoPlaceLeft("All places are taken. Coming back weekly needs a supervisor's yes: ask yours to set it.")
    return _lowest(used)


def _lowest(used):
    return next(number for number in range(1, len(used) + 2) if number not in used)
