"""The page of a leaver: what they have in hand, by subject, as this reader may know it, and who may take it."""

from dataclasses import dataclass, field

from django.db import transaction

from cases.models import Case, Referral
from mentors import leave as time_away
from mentors import workforce
from mlmc.core import audit, holding, outbox
from mlmc.core.context import on_duty
from mlmc.core.postgres.looking import before_an_answer_tells
from mlmc.people import leaving
from mlmc.people.forms import HandOverForm

LONG = 10  # lines
AS_A_MENTOR = ("mentorships", "asked")  # whoever hands these over takes nobody new


@dataclass
class Line:
    """One thing as the reader may see it: `about` is a case or a referral, by the reader's rights, or None."""

    held: holding.Held
    about: object = None
    choices: list = field(default_factory=list)  # (user id, words)
    why: list = field(default_factory=list)  # (short name, words) of those who cannot, where the reader may know
    problem: str = ""
    control: object = None

    @property
    def pk(self):
        return self.held.pk


@dataclass
class Section:
    kind: holding.Kind
    lines: list
    unseen: list  # what this reader may hand over without knowing whose it is
    takers: list = field(default_factory=list)
    why: list = field(default_factory=list)  # (short name, words) of those who take none of it now
    form: object = None
    problem: str = ""

    @property
    def count(self):
        return len(self.lines) + len(self.unseen)

    @property
    def is_folded(self):
        """A long list opens where one looks for a line, or has to mend one."""
        return (
            self.form is not None
            and len(self.lines) > LONG
            and not self.form.errors
            and not any(line.problem for line in self.lines)
        )

    @property
    def is_to_do(self):
        return not self.kind.goes_with and any(not line.also for line in self.helds)

    @property
    def helds(self):
        return [*(line.held for line in self.lines), *self.unseen]

    @property
    def rest(self):
        """What the word "all" means, as choices."""
        nobody = [] if self.kind.each else nobody_of(self.kind)
        return [*((one.pk, words_of(one)) for one in self.takers), *nobody]


def words_of(user):
    return f"{user.name}, {getattr(user, 'hint', user.role_words)}"


def nobody_of(kind):
    return [("nobody", kind.nobody)] if kind.nobody else []


def sections(user, person):
    """All of it, and how much is left. A supervisor sees what is about youth she sees; who manages people the rest in
    numbers."""
    found = holding.of(person)
    seen = [section for one in found if (section := shown(user, person, one))]
    return seen, sum(len(one.left) for one in found)


def section_of(user, person, name):
    kind = holding.named(name)
    lines = kind.find([person.pk]) if kind else []
    return shown(user, person, holding.Section(kind, lines)) if lines else None


def shown(user, person, found):
    kind, manages = found.kind, user.has_role(*holding.MANAGE)
    seen = records(user, found.lines) if kind.about_youth else {}
    lines = [Line(held, seen.get(held.pk)) for held in found.lines if held.pk in seen or not kind.about_youth]
    unseen = [held for held in found.lines if kind.about_youth and held.pk not in seen]
    if not manages:
        lines, unseen = lines if kind.about_youth else [], []
    section = Section(kind, lines, unseen)
    if not section.count:
        return None
    if not kind.goes_with and holding.may_choose(user, kind):
        offer(section, user, person)
        section.form = HandOverForm(section=section, prefix=kind.name)
        bind(section)
    return section


def records(user, lines):
    """{line: the case or referral this reader may see}, read by their own rights."""
    cases = Case.objects.visible_to(user).with_rights(user).select_related("youth")
    cases = {row.pk: row for row in cases.filter(pk__in={line.case for line in lines if line.case})}
    wanted = {line.referral for line in lines if line.referral}
    referrals = Referral.objects.visible_to(user).with_rights(user).filter(pk__in=wanted) if wanted else []
    referrals = {row.pk: row for row in referrals}
    found = {line.pk: referrals.get(line.referral) if line.referral else cases.get(line.case) for line in lines}
    found = {pk: row for pk, row in found.items() if row is not None}
    audit.note(*{row.pk if isinstance(row, Case) else row.whose for row in found.values()})
    return found


def offer(section, user, person):
    """Who may be chosen for which line; and why somebody may not, to whoever may know."""
    people = section.kind.takers(person)
    if holding.takes_none(user, section.kind):
        people = [one for one in people if one.pk != user.pk]
    refused = holding.refusals(section.kind, section.helds, people)
    public = {pair: one.words for pair, one in refused.items() if not one.known_to}
    never = {one.pk for one in people if all((held.pk, one.pk) in public for held in section.helds)}
    section.takers = [one for one in people if one.pk not in never]
    section.why = [(one.short_name, public[section.helds[0].pk, one.pk]) for one in people if one.pk in never]
    for line in section.lines:
        can = [one for one in section.takers if (line.pk, one.pk) not in refused]
        line.choices = [*((one.pk, words_of(one)) for one in can), *nobody_of(section.kind)]
        for one in section.takers:
            refusal = refused.get((line.pk, one.pk))
            if refusal and (not refusal.known_to or user.has_role(*refusal.known_to)):
                line.why.append((one.short_name, refusal.words))


def bind(section):
    """What came to them since the form was sent has no field in it yet."""
    for line in section.lines:
        name = f"line_{line.pk}"
        line.control = section.form[name] if name in section.form.fields else None


def say_why(section, stay, *, beside):
    for line in section.lines:
        line.problem = stay.get(line.pk, "") if line.pk in beside else ""
    if rest := [words for pk, words in stay.items() if pk not in beside]:
        section.problem = f"{len(rest)} still here. {' '.join(dict.fromkeys(rest))}"


@on_duty("workforce")
@transaction.atomic
def hand_over(section, chosen, *, person, by, at):
    """Each line in a transaction of its own. Returns how many went, and {line pk: why not} of those that stay. Who had
    them hears that there is news, while they work here."""
    before_an_answer_tells()
    time_away.one_after_the_other()
    person.refresh_from_db(fields=["is_active", "roles", "team"])
    gone, stay = 0, {}
    for held, to in chosen:
        try:
            holding.hand_over(section.kind, held, to, person=person, by=by, at=at)
            gone += 1
        except holding.NotTaken as problem:
            stay[held.pk] = str(problem)
    leaving.finish(person, at=at)
    if gone and section.kind.name in AS_A_MENTOR:
        workforce.leaves(person, at=at)
    if gone and person.is_active and person.pk != by.pk:
        outbox.enqueue("news", to=person, about=f"handed over {section.kind.name} {at:%Y%m%d%H%M%S}", due_at=at)
    return gone, stay
