"""Suggestions that two referrals are about one youth, or about siblings, and what a person said to them."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from cases import lifecycle, recognise
from cases.models import Access, As, Case, Referral, ReferralLink, ReferralStatus, Relation, Wall, Youth
from cases.models.access import walled_referrals
from mlmc.core import audit
from mlmc.core.context import on_duty
from mlmc.core.models import AuditEntry

WORDS = {
    "name": "the same names",
    "name_sounds": "names that sound alike",
    "first_name": "the same first name",
    "last_name": "the same last name",
    "birth": "the same birth date",
    "phone": "the same phone",
    "message": "one message",
    "home": "the same home",
}
LOOKS, WITHIN = 60, timedelta(hours=1)  # so often a person may be shown who somebody could be
LOOK = "recognise"


class TooManyLooks(Exception):
    """Somebody has looked at very many people within the hour. The message is fit for the user."""


class NotTheSame(Exception):
    """Nobody has said that these two are one youth. The message is fit for the user."""


@dataclass
class Suggestion:
    """What is shown of the other one: code, initials, birth year and mentor, whoever looks; and what was answered."""

    kind: str
    reasons: list
    referral: Referral | None
    youth: Youth | None
    answer: str = ReferralLink.Answer.OPEN
    former_mentor: str = ""

    @property
    def code(self):
        return self.youth.code if self.youth else self.referral.receipt

    @property
    def initials(self):
        names = (
            [self.referral.first_name, self.referral.last_name] if self.referral else self.youth.chosen_name.split()
        )
        return "".join(f"{name[0].upper()}." for name in names if name)

    @property
    def birth_year(self):
        born_on = (self.youth or self.referral).born_on
        return born_on.year if born_on else None

    @property
    def why(self):
        return ", ".join(WORDS.get(reason, reason) for reason in self.reasons)


def look(referral, *, by, at):
    """What a person is shown of everybody this may be. Each look stands in the trail, and is counted there."""
    looks = AuditEntry.objects.filter(user_id=by.pk, why=LOOK, at__gt=at - WITHIN, at__lte=at)
    if looks.filter(month__gte=(at - WITHIN).date().replace(day=1)).count() >= LOOKS:
        audit.say(audit.DENY, why="recognise limit")
        raise TooManyLooks(
            "You have looked at many people within this hour, so nobody is suggested for now. Ask a colleague to look"
            " before you welcome this youth."
        )
    found = suggestions(referral, by=by)
    if found:
        audit.say(audit.VIEW, why=LOOK)
        with_mentors(found)
    return found


@on_duty("welcome")
def with_mentors(suggestions):
    """Who was the mentor last, of those we know; and their records stand in the trail as seen."""
    youth = {one.youth.pk for one in suggestions if one.youth}
    rows = Access.objects.filter(case__youth__in=youth, as_what=As.MENTOR).select_related("case", "user")
    mentors = {row.case.youth_id: row.user.short_name for row in rows.order_by("begins", "pk")}
    for one in suggestions:
        one.former_mentor = mentors.get(one.youth.pk, "") if one.youth else ""
    audit.note(*Case.objects.filter(youth__in=youth).values_list("pk", flat=True))
    audit.note(*(one.referral.whose for one in suggestions if one.referral))


@on_duty("welcome")
def suggestions(referral, *, by):
    """Everybody this may be, found anew, with the answers that were given. Nothing is written. Whom a wall keeps from
    this person is suggested to others alone."""
    rows = ReferralLink.objects.filter(Q(one=referral) | Q(other=referral)).select_related(
        "one__case__youth", "other__case__youth"
    )
    said = {}
    for row in rows:
        other = row.other if row.one_id == referral.pk else row.one
        said[row.kind, other.pk] = Suggestion(row.kind, row.reasons, other, youth_of(other), row.answer)
    for found in recognise.look_alikes(referral):
        if isinstance(found.who, Referral) and (found.kind, found.who.pk) not in said:
            suggestion = Suggestion(found.kind, found.reasons, found.who, youth_of(found.who))
            said[found.kind, found.who.pk] = suggestion
        elif isinstance(found.who, Youth) and not any(one.youth == found.who for one in said.values()):
            said[found.kind, found.who.pk] = Suggestion(found.kind, found.reasons, None, found.who)
    walled = set(Wall.objects.filter(user=by).values_list("youth", flat=True))
    merged = set(Referral.objects.filter(pk__in=walled_referrals(by)).values_list("pk", flat=True)) if walled else ()
    return [
        one
        for one in said.values()
        if not (one.youth and one.youth.pk in walled or one.referral and one.referral.pk in merged)
    ]


def youth_of(referral):
    return referral.case.youth if hasattr(referral, "case") else None


def known_youth(suggestions):
    """Whom a referral may be accepted as: those it may be about, unless a person said no."""
    no = ReferralLink.Answer.NO
    return list(
        {
            one.youth.pk: one.youth
            for one in suggestions
            if one.youth and one.kind == "duplicate" and one.answer != no
        }.values()
    )


def mergeable(suggestions):
    """Open referrals of which a person said: the same youth."""
    yes = ReferralLink.Answer.YES
    return [
        one.referral for one in suggestions if one.kind == "duplicate" and one.answer == yes and one.referral.is_open
    ]


@on_duty("welcome")
@transaction.atomic
def answer(referral, *, other, kind, answer, by, at):
    """Keep what a person said. It merges nothing; siblings we both know are related from now on."""
    pair = Q(one=referral, other=other) | Q(one=other, other=referral)
    link = ReferralLink.objects.filter(pair, kind=kind).first() or ReferralLink(one=other, other=referral, kind=kind)
    link.answer, link.answered_by, link.answered_at = answer, by, at
    link.save()
    relate(link)
    return link


def relate(link):
    one, other = youth_of(link.one), youth_of(link.other)
    if link.kind != ReferralLink.Kind.SIBLING or link.answer != ReferralLink.Answer.YES or not (one and other):
        return
    if not Relation.objects.filter(Q(one=one, other=other) | Q(one=other, other=one)).exists():
        Relation.objects.create(one=one, other=other, kind=Relation.Kind.SIBLING)


@on_duty("welcome")
@transaction.atomic
def merge(referral, other, *, by, at):
    """Let this referral rest beside the other one, which goes on. Only after a person said they are one youth."""
    pair = Q(one=referral, other=other) | Q(one=other, other=referral)
    same = ReferralLink.objects.filter(pair, kind="duplicate", answer=ReferralLink.Answer.YES)
    if not same.exists() or not other.is_open:
        raise NotTheSame("Say first that both are about the same youth, and keep one of them open.")
    lifecycle.move_referral(
        referral, ReferralStatus.MERGED, by=by, at=at, reason=f"About the same youth as {other.receipt}."
    )
    referral.merged_into = other
    referral.save(update_fields=["merged_into"])


@on_duty("welcome")
@transaction.atomic
def unmerge(referral, *, reason, by, at):
    """They were two after all: this one goes on by itself, and nobody is asked again whether they are one."""
    other = referral.merged_into
    lifecycle.move_referral(referral, ReferralStatus.IN_REVIEW, by=by, at=at, reason=reason)
    referral.merged_into = None
    referral.save(update_fields=["merged_into"])
    if other is not None:
        answer(referral, other=other, kind="duplicate", answer=ReferralLink.Answer.NO, by=by, at=at)
        if case := Case.objects.filter(referral=other).first():
            case.record("A second referral was not about them after all", by=by, at=at)
    return referral
