"""What a youth chose to tell, for matching. Nobody has to tell anything; what is empty is *not known yet*."""

from django.db import transaction

from cases.models import Youth

FIELDS = ["languages", "area", "wishes", "hard_nos", "backgrounds", "background_words", "experiences", "interests"]


@transaction.atomic
def tell(case, *, by, at, **told):
    """Write down what the youth chose to tell, in place of what was there. `told` has each of FIELDS."""
    youth = Youth.objects.select_for_update(of=("self",)).get(pk=case.youth_id)
    for name in FIELDS:
        setattr(youth, name, told[name])
    youth.save(update_fields=FIELDS)
    case.record("What they chose to tell, for matching, was written down", by=by, at=at)
    return youth
