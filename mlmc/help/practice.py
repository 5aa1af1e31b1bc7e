"""A made-up youth everybody may open, to learn on. She counts in no list, no clock and no figure."""

from datetime import timedelta

from django.db import transaction

from cases import acceptance, access, intake
from cases.models import As, Referral, Youth
from mlmc.core.context import on_duty
from mlmc.core.models import Role


def is_there():
    return Youth.objects.filter(is_practice=True).exists()


@on_duty("welcome", "access")
@transaction.atomic
def make(*, by, at):
    """The practice youth, once; later calls change nothing."""
    if is_there():
        return
    received = at - timedelta(days=30)
    referral = intake.receive(
        channel=Referral.Channel.STAFF_FORM,
        received_at=received,
        received_text="A practice referral. Nobody here exists.",
        at=received,
        by=by,
        first_name="Practice",
        last_name="Youth",
        languages=["en"],
        area="boston",
        safety_words="This is where safety words stand. Read them before you call.",
    )
    intake.record_reply(referral, by=by, at=received)
    case = acceptance.accept(referral, by=by, at=at - timedelta(days=29))
    Youth.objects.filter(pk=case.youth_id).update(is_practice=True)
    for role in Role:
        access.give(case, role=role, as_what=As.PRACTICE, why="practice youth", by=by, at=at)
