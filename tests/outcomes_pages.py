"""What tests of the outcome pages share: people, and the figures of the paper."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from cases.models import As
from outcomes import tasks
from tests.factories.cases import AccessFactory
from tests.factories.core import UserFactory

PANEL = Path(__file__).parent / "data" / "outcomes_panel.csv"
LIST, REPORT = "/follow-ups/", "/outcomes/"


def person(role, case=None, *, as_what=None, **more):
    user = UserFactory(**({role: True} if role else {}), **more)
    if case:
        AccessFactory(case=case, user=user, as_what=as_what or As(role))
    return user


@pytest.fixture
def figures():
    """The reference answers, counted by the worker."""
    call_command("import_answers", str(PANEL), stdout=StringIO())
    tasks.make_figures()
