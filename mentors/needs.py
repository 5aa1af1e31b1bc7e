"""Whether a planned meeting keeps to what keeps a youth safe, and what would. It reads a plan and needs, no table."""

import copy

from cases.models import SafetyNeed
from mentors.models import Accompaniment

PLACE, PROVIDER = Accompaniment.PlaceKind, Accompaniment.Provider
CLOSED = {PLACE.CLOSED_ROOM: "a closed room", PLACE.CAR: "a car"}
MEN = {PROVIDER.MAN, PROVIDER.NOT_KNOWN}  # nobody knows yet: it may be one

# What could be instead, the nearest first. Of these are offered those that keep to the need.
WAYS = {
    PLACE.CLOSED_ROOM: [
        ("The mentor stays with them all the time.", {"mentor_stays": True}),
        ("Somebody they chose stays with them.", {"chosen_stays": True}),
        ("A room with the door open, or a hall.", {"place_kind": PLACE.OPEN_ROOM}),
        ("A woman is there.", {"provider": PROVIDER.WOMAN}),
    ],
    PLACE.CAR: [
        ("The mentor rides along.", {"mentor_stays": True}),
        ("Somebody they chose rides along.", {"chosen_stays": True}),
        ("A woman drives.", {"provider": PROVIDER.WOMAN}),
        ("They meet there, out in the open.", {"place_kind": PLACE.OPEN}),
    ],
}


def is_watched(need):
    """Whether the program itself holds a plan against this need. As received it counts as much as confirmed."""
    return need.kind == SafetyNeed.Kind.CLOSED_ROOM


def to_read(needs, *, mentor_gender):
    """Those that only a person can hold a plan against, who says that she has read them: all of them, where it is not
    known whether the mentor is a man."""
    return [need for need in needs if not mentor_gender or not is_watched(need)]


def breaks(plan, needs, *, mentor_gender):
    """A sentence for each need that forbids the plan. None when it may be."""
    if not is_with_men_alone(plan, mentor_gender):
        return []
    return [said(plan) for need in needs if is_watched(need) and need.is_hard]


def goes_against(plan, needs, *, mentor_gender):
    """Whether it breaks what somebody would rather have: that may be, with a reason. Nothing hard is a wish."""
    wished = any(is_watched(need) and not need.is_hard for need in needs)
    return wished and is_with_men_alone(plan, mentor_gender)


def is_with_men_alone(plan, mentor_gender):
    """In a closed room or a car with men only: no woman is there, and nobody the youth chose."""
    if plan.place_kind not in CLOSED or plan.chosen_stays:
        return False
    adults = set() if plan.provider == PROVIDER.NOBODY else {plan.provider}
    if plan.mentor_stays or not adults:
        adults.add(PROVIDER.MAN if mentor_gender == "man" else "the mentor")
    return adults <= MEN


def said(plan):
    where = CLOSED[plan.place_kind]
    if plan.provider == PROVIDER.NOT_KNOWN:
        return f"They could be alone with a man in {where}: nobody knows yet who it will be. That must not happen."
    return f"They would be alone with a man in {where}. That must not happen."


def alternatives(plan, *, mentor_gender):
    """What could be instead, in words."""
    found = []
    for words, changes in WAYS.get(plan.place_kind, []):
        other = copy.copy(plan)
        for name, value in changes.items():
            setattr(other, name, value)
        if not is_with_men_alone(other, mentor_gender):
            found.append(words)
    return found
