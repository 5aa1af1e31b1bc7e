"""Planning a meeting, and saying afterwards that it happened or was called off. What must never happen is no plan."""

from django.db import transaction
from django.utils import timezone

from cases.models import SafetyNeed
from mentors import lifecycle, needs
from mentors.models import LIVED, Accompaniment, AccompanimentStatus
from mlmc.core.context import on_duty

FIELDS = ["kind", "begins_at", "minutes", "place_kind", "place", "provider", "mentor_stays", "chosen_stays"]


class NotThisPlan(Exception):
    """It cannot be planned like this. The message is fit for the user; `instead` says what could be."""

    def __init__(self, message, *, field=None, instead=()):
        super().__init__(message)
        self.field, self.instead = field, list(instead)


@transaction.atomic
def plan(mentorship, *, by, at, client_key, needs_read, wish_why="", **details):
    """One planned meeting that keeps to every hard need, with a line on the timeline. A wish that cannot be kept costs
    a reason, `wish_why`. `details` has each of FIELDS."""
    if mentorship.status not in LIVED:
        raise NotThisPlan("They do not meet at present, so there is nothing to plan.")
    if mentorship.case.missing_since:
        raise NotThisPlan("They are missing from care: nothing is planned with them until they are found.")
    if details["begins_at"] < at:
        raise NotThisPlan("Enter a time that is still to come.", field="begins_at")
    made = Accompaniment(mentorship=mentorship, client_key=client_key, planned_at=at, planned_by=by)
    for name in FIELDS:
        setattr(made, name, details[name])
    made.needs_read, made.wish_why = needs_read, wish_why or None
    check(made, gender=mentorship.mentor.gender)
    Accompaniment.objects.bulk_create([made], ignore_conflicts=True)  # the second of two waits here, and finds it
    kept = Accompaniment.objects.filter(client_key=client_key).first()
    if kept is None or kept.mentorship_id != mentorship.pk or kept.planned_by_id != by.pk:
        raise NotThisPlan("This form was used before. Open it anew.")
    if kept.pk == made.pk:
        mentorship.case.record("A meeting was planned", by=by, at=at)
    return kept


def check(made, *, gender):
    standing = list(made.mentorship.case.youth.safety_needs.standing())
    broken = needs.breaks(made, standing, mentor_gender=gender)
    if broken:
        raise NotThisPlan(broken[0], field="place_kind", instead=needs.alternatives(made, mentor_gender=gender))
    unread = [] if made.needs_read else needs.to_read(standing, mentor_gender=gender)
    if any(need.is_hard for need in unread):
        raise NotThisPlan("Read what keeps them safe, then say that you have.", field="needs_read")
    if made.wish_why:
        return
    if needs.goes_against(made, standing, mentor_gender=gender):
        instead = needs.alternatives(made, mentor_gender=gender)
        words = "They would rather not be alone with a man there. Choose another way, or say why it cannot be."
        raise NotThisPlan(words, field="wish_why", instead=instead)
    if unread:
        words = "Read what they wish, then say that you have; or say below why it cannot be kept."
        raise NotThisPlan(words, field="needs_read")


@transaction.atomic
def close(made, to, *, by, at):
    """It happened, or it was called off. What has not begun has not happened."""
    if to == AccompanimentStatus.HELD and made.begins_at > at:
        raise NotThisPlan("It has not begun yet.")
    lifecycle.move_plan(made, to, by=by, at=at)
    words = "A planned meeting happened" if to == AccompanimentStatus.HELD else "A planned meeting was called off"
    made.mentorship.case.record(words, by=by, at=at)
    return made


@transaction.atomic
def plan_again(made, *, by, at):
    """It is on again, or was closed by mistake: as long as it keeps to what holds today."""
    check(made, gender=made.mentorship.mentor.gender)
    lifecycle.move_plan(made, AccompanimentStatus.PLANNED, by=by, at=at)
    made.mentorship.case.record("A meeting was planned again", by=by, at=at)
    return made


@on_duty("mentoring", "welcome")
@transaction.atomic
def take_along(before, after, *, by, at):
    """Another mentor takes over, and what is still to come goes along; what would break a need with them does not."""
    standing = list(before.case.youth.safety_needs.standing())
    for made in to_come(before, at=at):
        made.mentorship = after
        gender = after.mentor.gender
        unread = needs.to_read(standing, mentor_gender=gender) and not made.needs_read
        if unread or needs.breaks(made, standing, mentor_gender=gender):
            call_off(made, by=by, at=at)
        else:
            made.save(update_fields=["mentorship"])


@on_duty("mentoring")
@transaction.atomic
def call_off_all(mentorship, *, by, at):
    """They say goodbye: nothing that was planned stands any more."""
    for made in to_come(mentorship, at=at):
        call_off(made, by=by, at=at)


def to_come(mentorship, *, at):
    return list(Accompaniment.objects.planned().filter(mentorship=mentorship, begins_at__gt=at))


def call_off(made, *, by, at):
    lifecycle.move_plan(made, AccompanimentStatus.CALLED_OFF, by=by, at=at)
    made.mentorship.case.record("A planned meeting was called off", by=by, at=at)


def with_warnings(plans):
    """Each plan with `is_over` and `broken`: a need may have come after the plan. Needs are asked once for all."""
    rows = list(plans)
    found = {row.mentorship.case.youth_id: [] for row in rows}
    if rows:
        for need in SafetyNeed.objects.standing().filter(youth__in=list(found)):
            found[need.youth_id].append(need)
    for row in rows:
        gender = row.mentorship.mentor.gender
        row.broken = needs.breaks(row, found[row.mentorship.case.youth_id], mentor_gender=gender)
        row.is_over = row.begins_at <= timezone.now()
    return rows


def planned_for(rows, user):
    """{mentorship: what is planned, the soonest first} of a caseload, each with its warning."""
    mentorships, by_mentorship = {row.pk: row for row in rows}, {row.pk: [] for row in rows}
    plans = list(Accompaniment.objects.visible_to(user).planned().filter(mentorship__in=list(mentorships)))
    for one in plans:
        one.mentorship = mentorships[one.mentorship_id]
    for one in with_warnings(plans):
        by_mentorship[one.mentorship_id].append(one)
    return by_mentorship
