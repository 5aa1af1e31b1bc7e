"""Who is to be asked when: follow-ups are made, opened, reminded of, counted from baseline, and closed with a why."""

import datetime
import secrets

from django.db import models, transaction
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from cases.models import Access, As, Case, CaseStatus
from mlmc.core import outbox
from mlmc.core.context import on_duty
from mlmc.core.models import Role, User
from outcomes import lifecycle
from outcomes.models import Answer, FollowUp, Respondent, Response, Status, Wave
from outcomes.windows import window

AT_ONCE = 200  # rows a tick takes; the next one is a minute away
LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
REMIND_AT = datetime.time(9)
# When staff hear of a follow-up: as it opens, on its day, and two weeks before it closes
LAST_CALL = Greatest(ExpressionWrapper(F("closes_on") - Value(14), models.DateField()), "due_on")
REMINDER_DAYS = ("opens_on", "due_on", "last_call")
A_MONTH = 30  # days, or a few more: who is in doubt has nothing ahead


class Why(models.TextChoices):
    """Why a window closed without answers."""

    NOT_REACHED = "not_reached", "could not be reached"
    NOT_SAFE = "not_safe", "it was not safe to ask"
    MOVED = "moved", "moved away"
    NOT_ASKED = "not_asked", "we did not ask in time"
    OTHER = "other", "another reason"


class NotThisFollowUp(Exception):
    """This cannot be recorded. The message is fit for the user."""


@on_duty("follow_ups")
def make_due(*, at):
    """A respondent for each case that has none, and a follow-up for each wave. Twice at once makes them once."""
    waves = list(Wave.objects.all())
    taken = Respondent.objects.filter(case=OuterRef("pk"))
    new = _to_be_asked(waves).filter(~Exists(taken), youth__is_practice=False).order_by("pk")[:AT_ONCE]
    Respondent.objects.bulk_create(
        [Respondent(code=_code(), case=case, made_at=at) for case in new], ignore_conflicts=True
    )
    planned = FollowUp.objects.filter(respondent=OuterRef("pk"))
    bare = Respondent.objects.filter(~Exists(planned), case__isnull=False).select_related("case").order_by("pk")
    FollowUp.objects.bulk_create(
        [
            FollowUp(respondent=one, wave=wave, **dates)
            for one in bare[:AT_ONCE]
            for wave, dates in _still_ahead(one.case, waves)
        ],
        ignore_conflicts=True,
    )


def _to_be_asked(waves):
    """Cases that have a wave ahead of them. Of one that was brought in from earlier records the waves before that day
    were nobody's here to ask, and none of them is missed."""
    longest = max((wave.months for wave in waves), default=0)
    behind = F("brought_at") - datetime.timedelta(days=longest * A_MONTH)
    return Case.objects.exclude(brought_at__isnull=False, status=CaseStatus.ELSEWHERE).exclude(
        brought_at__isnull=False, accepted_at__lt=behind
    )


def _still_ahead(case, waves):
    """(wave, its dates) of those that were not due yet when the case came here."""
    begins = timezone.localdate(case.accepted_at)
    for wave in waves:
        dates = _dates(begins, wave)
        if case.brought_at is None or dates["due_on"] >= timezone.localdate(case.brought_at):
            yield wave, dates


@on_duty("follow_ups")
@transaction.atomic
def open_due(*, at):
    """Windows that begin are opened, windows that end are closed: in part where something was answered."""
    today = timezone.localdate(at)
    ends = Q(status=Status.OPEN, closes_on__lt=today)
    begins = Q(status=Status.SCHEDULED, opens_on__lte=today)
    due = FollowUp.objects.filter(begins | ends, respondent__case__isnull=False).order_by("closes_on", "pk")
    for follow_up in due.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE]:
        if follow_up.closes_on >= today:
            lifecycle.move(follow_up, Status.OPEN, on=today)
        else:
            close(follow_up, at=at)


def close(follow_up, *, at):
    """The window is over. Answers that were given are kept and counted; the person is still with us."""
    said = Answer.objects.filter(response__follow_up=follow_up, kind=Answer.Kind.ANSWERED).order_by("-at").first()
    if said is None:
        lifecycle.move(follow_up, Status.MISSED, on=timezone.localdate(at))
        return
    Response.objects.filter(pk=said.response_id, finished_at=None).update(finished_at=at)
    lifecycle.move(follow_up, Status.PARTIAL, on=timezone.localdate(said.at))
    anchor(follow_up, on=timezone.localdate(said.at))


@on_duty("follow_ups")
@transaction.atomic
def remind(*, at):
    """Tell staff what is open, once per follow-up and reminder day, one message a person and day."""
    today = timezone.localdate(at)
    rows = to_be_reminded(today).select_for_update(skip_locked=True, of=("self",))
    due = FollowUp.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    people = set(User.objects.with_role(Role.EVALUATION)) | _who_ask(due, at)
    when = timezone.make_aware(datetime.datetime.combine(today, REMIND_AT))
    if due.update(reminded_on=today):
        outbox.enqueue_all("follow_up", to=people, about=f"follow-ups {today}", due_at=when)


def to_be_reminded(today):
    """Open windows with a reminder day that has come since staff last heard of them. Who is missing from care waits
    until they are found; a respondent without a case does not."""
    rows = FollowUp.objects.filter(status=Status.OPEN, closes_on__gte=today, respondent__case__missing_since=None)
    come = Q()
    for day in REMINDER_DAYS:
        come |= Q(**{f"{day}__lte": today}) & (Q(reminded_on=None) | Q(reminded_on__lt=F(day)))
    return rows.annotate(last_call=LAST_CALL).filter(come)


def _who_ask(due, at):
    """The mentors and case managers of these cases, without anybody a wall keeps away."""
    rows = Access.objects.filter(
        Q(until=None) | Q(until__gt=at),
        case__in=due.values("respondent__case"),
        as_what__in=[As.MENTOR, As.CASE_MANAGER],
        begins__lte=at,
        user__is_active=True,
    ).exclude(case__youth__walls__user=F("user"))
    return set(User.objects.filter(pk__in=rows.values("user")))


def anchor(follow_up, *, on):
    """Baseline was answered: the later waves are counted from that day, once."""
    if follow_up.wave.months:
        return
    later = FollowUp.objects.filter(
        respondent=follow_up.respondent_id, anchored=False, status__in=[Status.SCHEDULED, Status.OPEN]
    ).exclude(pk=follow_up.pk)
    for one in later.select_related("wave").select_for_update(of=("self",)):
        for name, day in _dates(on, one.wave).items():
            setattr(one, name, day)
        one.anchored = True
        one.save(update_fields=["opens_on", "due_on", "closes_on", "anchored"])
        if one.status == Status.OPEN and one.opens_on > on and not one.responses.filter(not_theirs_at=None).exists():
            lifecycle.move(one, Status.SCHEDULED, on=on)
    FollowUp.objects.filter(pk=follow_up.pk).update(anchored=True)


@on_duty("follow_ups")
@transaction.atomic
def decline(follow_up, *, by, at):
    """The youth chose not to take part this time. That ends the asking, and nothing else."""
    lifecycle.move(follow_up, Status.DECLINED, on=timezone.localdate(at))
    _note(follow_up, "Chose not to take part in a survey", by=by, at=at)


@on_duty("follow_ups")
@transaction.atomic
def miss(follow_up, *, why, by, at):
    """Say why nobody answered: of an open window that will not be used, or of one that closed by itself."""
    if follow_up.status == Status.MISSED:
        follow_up.why_missed = Why(why)
        follow_up.save(update_fields=["why_missed"])
    else:
        lifecycle.move(follow_up, Status.MISSED, on=timezone.localdate(at), why=Why(why))
    _note(follow_up, "Missed a survey, still with us", by=by, at=at)


@on_duty("follow_ups")
@transaction.atomic
def open_again(follow_up, *, by, at):
    """They may change their mind, and a closed window may have been an error, for as long as the dates allow."""
    today = timezone.localdate(at)
    if not follow_up.opens_on <= today <= follow_up.closes_on:
        raise NotThisFollowUp("The window of this follow-up is over, so it cannot be opened again.")
    lifecycle.move(follow_up, Status.OPEN, on=today)
    _note(follow_up, "A survey is open again", by=by, at=at)


def _note(follow_up, what, *, by, at):
    if case := Case.objects.filter(pk=follow_up.respondent.case_id).first():
        case.record(what, by=by, at=at)


def _dates(anchor_day, wave):
    dates = window(anchor_day, months=wave.months, opens_months=wave.opens_months, closes_months=wave.closes_months)
    return {"opens_on": dates.opens_on, "due_on": dates.due_on, "closes_on": dates.closes_on}


def _code():
    return "R-" + "".join(secrets.choice(LETTERS) for _ in range(5))
