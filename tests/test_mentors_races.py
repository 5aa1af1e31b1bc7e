"""Many at once, with real connections and real commits: never one place too many, and nobody waits for ever."""

import datetime
import fcntl
import random
import threading
import time

from django.db import connection, transaction
from django.utils import timezone

from cases.models import Access, As
from mentors import mentorships, places
from mentors.models import TAKES_A_PLACE, Mentorship, Status
from mlmc.core import holding, people
from mlmc.core.context import Actor, acting_as
from mlmc.core.models import Role, User
from mlmc.core.postgres.roles import APP
from mlmc.people import handing, roles
from tests import cluster
from tests.conftest import as_role
from tests.factories.cases import AccessFactory, CaseFactory
from tests.factories.core import UserFactory
from tests.factories.mentors import MentorFactory, MentorshipFactory


def at_once(work, jobs):
    """Each job in a thread of its own, as the app, all let go at the same moment. What each gave, or raised."""
    start, given = threading.Barrier(len(jobs), timeout=60), []
    alone = (cluster.HOME / "many-connections").open("w")
    fcntl.flock(alone, fcntl.LOCK_EX)  # the server has not enough of them for two helpers who do this

    def run(job):
        try:
            with as_role(APP):
                start.wait()
                with acting_as(Actor.system("mentoring")), transaction.atomic():
                    given.append((job, work(job)))
        except Exception as problem:  # a deadlock must not be lost in a thread
            given.append((job, problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone.close()
    return given


def test_fifty_at_once_mixed_with_endings_never_take_more_places_than_there_are(committed):
    random.seed(7)
    coordinator = UserFactory(roles=[Role.ASSESSMENT])
    mentors = [MentorFactory(places=4) for _ in range(2)]
    ending = [MentorshipFactory(mentor=mentor) for mentor in mentors for _ in range(3)]
    held = [
        MentorshipFactory(mentor=mentor, asking=True, held_until=timezone.now() - datetime.timedelta(hours=1))
        for mentor in mentors
    ]
    jobs = [("ask", mentor, CaseFactory()) for mentor in mentors for _ in range(20)]
    jobs += [("end", one, None) for one in ending[:2] + ending[3:5]] + [("expire", n, None) for n in range(6)]
    random.shuffle(jobs)
    assert len(jobs) == 50

    def work(job):
        what, thing, case = job
        if what == "ask":
            return places.ask(thing, case, by=coordinator, at=timezone.now())
        if what == "end":
            return mentorships.end(Mentorship.objects.get(pk=thing.pk), by=coordinator, at=timezone.now())
        return places.give_back_expired(at=timezone.now())

    given = at_once(work, jobs)

    wrong = [one for _, one in given if isinstance(one, Exception) and not isinstance(one, places.NoPlaceLeft)]
    assert wrong == []
    accepted = [one for _, one in given if isinstance(one, Mentorship) and one.status == Status.ASKING]
    for mentor in mentors:
        used = list(Mentorship.objects.filter(mentor=mentor, slot__isnull=False).values_list("slot", flat=True))
        assert len(used) == len(set(used)) <= mentor.places
        of_mentor = [one for one in accepted if one.mentor_id == mentor.pk]
        assert len({one.pk for one in of_mentor}) == len(of_mentor) <= mentor.places
    places.give_back_expired(at=timezone.now())  # those somebody was deciding about wait for the next round
    assert not Mentorship.objects.filter(pk__in=[one.pk for one in held], status=Status.ASKING).exists()
    refused = sum(isinstance(one, places.NoPlaceLeft) for _, one in given)
    assert refused + len(accepted) == 40
    assert Mentorship.objects.filter(status__in=TAKES_A_PLACE, slot=None).count() == 0


def test_the_last_place_goes_to_exactly_one_of_fifty(committed):
    mentor = MentorFactory(places=10)
    [MentorshipFactory(mentor=mentor) for _ in range(9)]
    cases = [CaseFactory() for _ in range(50)]

    given = at_once(lambda case: places.ask(mentor, case, by=None, at=timezone.now()), cases)

    assert sum(isinstance(one, Mentorship) for _, one in given) == 1
    assert sum(isinstance(one, places.NoPlaceLeft) for _, one in given) == 49


def test_two_teams_who_ask_two_mentors_for_one_youth_ask_one(committed):
    case, mentors = CaseFactory(), [MentorFactory() for _ in range(8)]

    given = at_once(lambda mentor: places.ask(mentor, case, by=None, at=timezone.now()), mentors)

    assert sum(isinstance(one, Mentorship) for _, one in given) == 1
    assert sum(isinstance(one, places.NotToBeAsked) for _, one in given) == 7


def test_a_role_does_not_end_while_a_hand_over_to_it_is_on_its_way(committed):
    person, to = (UserFactory(roles=[Role.CASE_MANAGER]) for _ in range(2))
    row, admin = AccessFactory(user=person, as_what=As.CASE_MANAGER), UserFactory(roles=[Role.ADMIN])
    gone, kind = threading.Event(), holding.named("case_manager")

    def work(job):
        if job == "hand over":
            section = holding.Section(kind, kind.find([person.pk]))
            chosen = [(line, to) for line in section.lines]
            given = handing.hand_over(section, chosen, person=person, by=admin, at=timezone.now())
            gone.set()
            time.sleep(0.5)  # not committed yet
            return given
        gone.wait(30)
        now = {"roles": ["evaluation"], "team": None, "on_council": False}
        return roles.change(User.objects.get(pk=to.pk), **now, by=admin, at=timezone.now())

    given = dict(at_once(work, ["hand over", "change the role"]))

    row.refresh_from_db(), to.refresh_from_db()
    assert given["hand over"] == (1, {})
    assert isinstance(given["change the role"], people.NotPossible)
    assert (to.roles, to.is_active) == ([Role.CASE_MANAGER], True)
    assert Access.objects.filter(case=row.case, user=to, until=None).count() == 1
