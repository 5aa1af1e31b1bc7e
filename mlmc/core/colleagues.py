"""Choosing a colleague: from a list while there are few, by typing a name or an e-mail where there are many."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from mlmc.core.counting import counted
from mlmc.core.forms import OneOf, is_odd
from mlmc.core.models import User

FEW = 50  # in a list; of more than these somebody is found by name
FOUND = 20  # who fit what was typed, to choose from
LONGEST = 254  # letters of an e-mail
NOBODY = "Nobody who can be chosen here has this name or e-mail."
WHO = "Choose who it is, or type the whole name."
TOO_MANY = f"More than {FOUND} fit. Type more of the name, or the e-mail."


def are_many(people):
    return counted(people, enough=FEW + 1)[0] > FEW


def fitting(people, words):
    """Whoever is named so or has this e-mail; where there is nobody, those whose name holds each of the words."""
    holds = Q()
    for word in words.split():
        holds &= Q(name__icontains=word)
    for rule in (Q(name__iexact=words) | Q(email__iexact=words), holds):
        found = list(people.select_related("team").filter(rule)[: FOUND + 1])
        if len(found) > FOUND:
            raise ValidationError(TOO_MANY, code="invalid_choice")
        if found:
            return found
    return []


def is_named(user, words):
    return words.casefold() in (user.name.casefold(), user.email)


class NameOrChoice(forms.TextInput):
    """A box for a name, and below it those who fit what was typed into it. Its value is both: (words, id)."""

    template_name = "components/_name_or_choice.html"
    found, chosen, label = (), None, str

    def value_from_datadict(self, data, files, name):
        return data.get(name) or "", data.get(f"{name}_is") or ""

    def format_value(self, value):
        return value[0] if isinstance(value, tuple) else value

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        lines = [(one.pk, self.label(one), one == self.chosen) for one in self.found]
        return context | {"widget": context["widget"] | {"found": lines}}


class Colleague(OneOf):
    """One of the people a form `offers`. Nothing it answers says more than that list would have said. Who is not named
    in full is shown first: of a name typed in part nobody is taken unseen."""

    def __init__(self, **kwargs):
        self.many = False
        super().__init__(User.objects.none(), **kwargs)

    def offers(self, people, *, many=None):
        self.queryset = people
        self.many = are_many(people) if many is None else many
        if self.many:
            self.widget = NameOrChoice(attrs={"autocomplete": "off", "placeholder": "Name or e-mail"})
            self.widget.label = self.label_and_team

    def label_from_instance(self, user):
        return f"{user.name}, {user.role_words or 'no role'}"

    def label_and_team(self, user):
        """Among very many two may share name and role."""
        return ", ".join([self.label_from_instance(user), *([user.team.name] if user.team else [])])

    def to_python(self, value):
        if not self.many:
            return super().to_python(value)
        typed, chosen = value or ("", "")
        words = " ".join(typed.split())
        if not words:
            return super().to_python(chosen)
        found = [] if is_odd(words) or len(words) > LONGEST else fitting(self.queryset, words)
        taken = [one for one in found if str(one.pk) == chosen] or [one for one in found if is_named(one, words)]
        self.widget.found = found
        if len(taken) != 1:
            raise ValidationError(WHO if found else NOBODY, code="invalid_choice")
        self.widget.chosen = taken[0]
        return taken[0]
