"""Asking a youth: a private link, one question at a time, and what is done with each answer."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mentors import concerns
from mentors.models import Concern
from mlmc import program
from mlmc.core import audit
from mlmc.core.context import on_duty
from outcomes import followups, instruments, lifecycle
from outcomes.models import Answer, FollowUp, Response, Status, SurveyLink

CAN_BE_ASKED = (Status.OPEN, Status.PARTIAL)
JUST_NOW = timedelta(minutes=2)  # a double tap, or a page that was slow


class NoLink(Exception):
    """A link cannot be made. The message is fit for the user."""


class LinkEnded(Exception):
    """Finished, expired or never made: whoever holds it is told the same."""


@dataclass(frozen=True)
class Progress:
    """Where somebody is: how many questions there are, and which have been passed."""

    codes: list[str]
    passed: set[str]

    @property
    def next(self):
        """The number of the next unanswered question, from 1; None at the end."""
        return next((n for n, code in enumerate(self.codes, start=1) if code not in self.passed), None)


def hashed(token):
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


@on_duty("follow_ups")
@transaction.atomic
def make_link(follow_up, *, by, at):
    """A new secret for an open follow-up; those made before it stop working. Returns the token, kept nowhere."""
    follow_up = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    case = follow_up.respondent.case
    if case is None or case.youth.is_practice:
        raise NoLink("There is nobody behind this code to ask: these answers were brought in from a file.")
    if is_missing(case):
        raise NoLink("They are missing from care: nothing is sent, and nobody is asked, until they are found.")
    if follow_up.status not in CAN_BE_ASKED or not follow_up.opens_on <= timezone.localdate(at) <= follow_up.closes_on:
        raise NoLink("A link can be made while the window of this follow-up is open.")
    earlier = SurveyLink.objects.filter(follow_up=follow_up, finished_at=None)
    earlier.filter(started_at=None, start_by__gt=at).update(start_by=at)
    earlier.filter(resume_by__gt=at).update(resume_by=at)
    token = secrets.token_urlsafe(24)
    SurveyLink.objects.create(
        follow_up=follow_up,
        token_hash=hashed(token),
        made_at=at,
        made_by=by,
        start_by=at + timedelta(hours=program.current().link_start_hours),
    )
    return token


def link_of(token, *, at, lock=False):
    """The link, if it may be started or resumed now."""
    alive = Q(started_at=None, start_by__gt=at) | Q(started_at__isnull=False, resume_by__gt=at)
    links = SurveyLink.objects.filter(alive, token_hash=hashed(token), finished_at=None)
    if lock:  # the follow-up, as make_link does: two taps, and a new link in between, take turns
        ids = links.values("follow_up")
        FollowUp.objects.select_for_update(of=("self",)).filter(pk__in=ids).first()
    link = links.select_related("follow_up__wave", "follow_up__respondent__case").first()
    if link is None or is_missing(link.follow_up.respondent.case):  # then it rests: nothing of hers is on any screen
        raise LinkEnded
    audit.note(link.follow_up.whose)
    return link


def is_missing(case):
    """Missing from care: nothing is sent to the youth or shown to whoever holds the phone, until they are found."""
    return case is not None and case.missing_since is not None


def finished_just_now(token, *, at):
    """The link, if its last answer was given a moment ago: whoever taps twice is thanked twice."""
    return SurveyLink.objects.filter(token_hash=hashed(token), finished_at__gt=at - JUST_NOW).first()


def response_of(link):
    return Response.objects.select_related("instrument").get(
        follow_up=link.follow_up_id, informant="youth", not_theirs_at=None
    )


def progress(response):
    codes = [item.code for item in instruments.questions(response.instrument).items]
    passed = response.answers.exclude(kind=Answer.Kind.NOT_ASKED).values_list("item", flat=True)
    return Progress(codes, set(passed))


@transaction.atomic
def start(token, *, language, at):
    """Begin, or go on where another link or device stopped. From now on the link can be resumed."""
    link = link_of(token, at=at, lock=True)
    if link.started_at is None:
        link.started_at = at
        link.resume_by = at + timedelta(days=program.current().link_resume_days)
        link.save(update_fields=["started_at", "resume_by"])
    fresh = {"instrument": instruments.newest(), "language": language, "started_at": at}
    theirs = {"follow_up": link.follow_up, "informant": "youth", "not_theirs_at": None}
    response, made = Response.objects.get_or_create(**theirs, defaults=fresh)
    if not made:
        speak(response, language)
    return response


def speak(response, language):
    response.language = language
    response.save(update_fields=["language"])


@transaction.atomic
def answer(token, number, *, kind, value="", at):
    """Keep one answer, in place of an earlier one to the same question. Returns (response, whether it signals danger).

    Danger is told in this transaction, once per sitting: an answer is not stored unless somebody hears of it.
    """
    link = link_of(token, at=at, lock=True)
    response = response_of(link)
    item = instruments.questions(response.instrument).items[number - 1]
    Answer.objects.bulk_create([Answer(response=response, item=item.code, kind=kind, at=at)], ignore_conflicts=True)
    kept = Answer.objects.get(response=response, item=item.code)
    kept.kind, kept.value, kept.at = kind, value, at
    kept.save(update_fields=["kind", "value", "at"])

    danger = kind == Answer.Kind.ANSWERED and item.signals_danger(value)
    if danger and response.danger_at is None:
        response.danger_at = at
        response.save(update_fields=["danger_at"])
        concerns.raise_concern(link.follow_up.respondent.case, source=Concern.Source.SURVEY, at=at)
    if progress(response).next is None:
        _finish(link, response, at=at)
    return response, danger


def _finish(link, response, *, at):
    """Every question was passed: answered, skipped or rather not said. The link is used up."""
    response.finished_at = at
    response.save(update_fields=["finished_at"])
    link.finished_at = at
    link.save(update_fields=["finished_at"])
    _settle(link.follow_up, Status.COMPLETE, at=at)


@transaction.atomic
def stop(token, *, at):
    """Enough for now. What was said counts, what was not reached was not asked; the link keeps its place."""
    link = link_of(token, at=at, lock=True)
    response = response_of(link)
    if not response.answers.filter(kind=Answer.Kind.ANSWERED).exists():
        return link  # nothing was said yet, so nothing has happened
    where = progress(response)
    Answer.objects.bulk_create(
        [
            Answer(response=response, item=code, kind=Answer.Kind.NOT_ASKED, at=at)
            for code in where.codes
            if code not in where.passed
        ],
        ignore_conflicts=True,
    )
    response.finished_at = at
    response.save(update_fields=["finished_at"])
    if link.follow_up.status != Status.PARTIAL:
        _settle(link.follow_up, Status.PARTIAL, at=at)
    return link


def _settle(follow_up, status, *, at):
    first = follow_up.status != Status.PARTIAL
    today = timezone.localdate(at)
    if follow_up.status == Status.DECLINED:  # they changed their mind, and the link was still good
        lifecycle.move(follow_up, Status.OPEN, on=today)
    lifecycle.move(follow_up, status, on=today)
    followups.anchor(follow_up, on=today)
    if first:
        follow_up.respondent.case.record("Survey answered", by=None, at=at)
