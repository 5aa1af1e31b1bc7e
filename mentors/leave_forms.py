"""Days away, and who covers. The verbs in mentors.leave keep the rules."""

from django.utils import timezone

from mentors import leave
from mentors.forms import Taps
from mentors.models import Leave
from mlmc.core.colleagues import Colleague, are_many
from mlmc.core.forms import Day, Form
from mlmc.core.models import Role, User
from mlmc.core.templatetags.ui import youth_name


class PlanLeaveForm(Form):
    """`youth` are those for whom somebody else may be named, one by one."""

    first = Day(label="First day away", early="Choose today or a later day.", earliest=timezone.localdate)
    last = Day(label="Last day away", early="Choose today or a later day.", earliest=timezone.localdate)
    kind = Taps(label="Why", choices=Leave.Kind.choices, initial=Leave.Kind.TIME_OFF)
    cover = Colleague(required=False, empty_label="Nobody", label="Who covers")

    def __init__(self, *args, person, youth, **kwargs):
        super().__init__(*args, **kwargs)
        self.youth = youth
        roles = set(person.roles) | ({Role.SUPERVISOR} if person.has_role(Role.MENTOR) else set())
        people = User.objects.people().filter(is_active=True, roles__overlap=sorted(roles)).exclude(pk=person.pk)
        people = people.order_by("name", "pk")
        many = are_many(people)
        self.fields["cover"].offers(people, many=many)
        for case in youth:
            field = Colleague(required=False, empty_label="The same person", label=youth_name(case))
            field.offers(people, many=many)
            self.fields[f"youth_{case.pk}"] = field

    def for_youth(self):
        return [self[f"youth_{case.pk}"] for case in self.youth]

    def any_chosen(self):
        return any(field.errors or field.value() for field in self.for_youth())

    def said(self):
        known = self.cleaned_data
        begins, until = leave.moments(known["first"], known["last"])
        instead = {case.pk: user for case in self.youth if (user := known[f"youth_{case.pk}"])}
        return {
            "begins": begins,
            "until": until,
            "kind": known["kind"],
            "cover": known["cover"],
            "instead": instead,
        }

    def refuse(self, words, cases):
        """Beside each youth who needs somebody else, as far as this reader sees them; else beside who covers."""
        for case in self.youth:
            if case.pk in cases:
                self.add_error(f"youth_{case.pk}", "Choose somebody else for this youth.")
        self.add_error("cover", words)

    def clean(self):
        known = super().clean()
        if known.get("first") and known.get("last") and known["last"] < known["first"]:
            self.add_error("last", "Choose the first day or a later one.")
        return known


class FindForm(Form):
    """Whose time away it is, where there are too many to list them."""

    person = Colleague(label="Whose time away is it?", error_messages={"required": "Type a name."})

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].offers(people, many=True)


class ChangeLeaveForm(Form):
    last = Day(label="Last day away", early="Choose today or a later day.", earliest=timezone.localdate)

    def __init__(self, *args, leave, **kwargs):
        super().__init__(*args, **kwargs)
        self.leave = leave

    def until(self):
        return leave.moments(self.cleaned_data["last"], self.cleaned_data["last"])[1]
