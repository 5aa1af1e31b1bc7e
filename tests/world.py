"""A small program with everybody in it: each role, each relation to a youth, and records of every kind about them.

`build()` makes it as the keeper. The access matrix, the oracle of the policies and the canary sweep all walk it.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from cases import access
from cases.models import Access, As, Emergency, SafeContact
from mentors.models import Status
from mlmc import program
from mlmc.core.keys import proof
from mlmc.core.models import Backup, ExitRequest, Heartbeat, Role, RoleRequest, SettingChange
from tests.factories import (
    AccessFactory,
    AccompanimentFactory,
    AgencyContactFactory,
    AgencyProgramFactory,
    AnswerFactory,
    AttemptFactory,
    AuthenticatorAppFactory,
    CaseEventFactory,
    CaseFactory,
    ConcernFactory,
    ContactFactory,
    CoverFactory,
    ExclusionFactory,
    ExportFactory,
    FollowUpFactory,
    FurtherLookFactory,
    ImportColumnFactory,
    ImportFactory,
    IntegrationFactory,
    InvitationFactory,
    KeptAnswerFactory,
    KnownDeviceFactory,
    LeaveFactory,
    MatchFactory,
    MeetingFactory,
    MentorFactory,
    MentorshipFactory,
    OutboxRowFactory,
    PasskeyFactory,
    RecoveryCodeFactory,
    ReferralFactory,
    ReferralLinkFactory,
    RelationFactory,
    ReportSnapshotFactory,
    RespondentFactory,
    ResponseFactory,
    SafeContactFactory,
    SafetyNeedFactory,
    SessionFactory,
    SurveyLinkFactory,
    TeamFactory,
    UserFactory,
    WallFactory,
    YouthFactory,
)

BEFORE = timedelta(days=90)
AGENCY_KEY = "the key of the tests for an agency"


@dataclass
class World:
    """People by what they are here, and records by whose they are."""

    people: dict = field(default_factory=dict)
    things: dict = field(default_factory=dict)  # {"mine": {"case": …, "mentorship": …}, "another's": {…}, …}

    def __getattr__(self, name):
        return self.people[name]


def build(**youth):
    """Everybody, and three youth: *mine* with a mentor of the team, *another's* with another team, *waiting* for one.

    What is given is said of the youth who is *mine*: `build(chosen_name="…")`.
    """
    world, now = World(), timezone.now()
    east, west = TeamFactory(), TeamFactory()
    people = world.people
    for role in ("intake", "assessment", "case_manager", "evaluation", "director", "admin"):
        people[role] = UserFactory(**{role: True})
    people["mentor"] = MentorFactory(user__team=east).user
    people["other_mentor"] = MentorFactory(user__team=west).user
    people["former_mentor"] = MentorFactory(user__team=west).user
    people["asked_mentor"] = MentorFactory(user__team=west).user
    for name, team in (("supervisor", east), ("other_supervisor", west), ("walled_supervisor", east)):
        people[name] = UserFactory(supervisor=True, team=team)
    people["support"], people["other_support"] = (UserFactory(support=True, team=team) for team in (east, west))
    people["no_role"] = UserFactory()
    people["in_an_emergency"] = UserFactory(director=True)
    people["walled_director"] = UserFactory(director=True)
    people["two_roles"] = UserFactory(intake=True, evaluation=True, team=east)

    mine = about(YouthFactory(identity=True, **youth), people["mentor"], now=now)
    others = about(YouthFactory(identity=True), people["other_mentor"], now=now)
    world.things = {"mine": mine, "another's": others, "waiting": waiting(people["asked_mentor"], now=now)}
    case = mine["case"]

    def lets(name, as_what, *, of=case, **more):
        AccessFactory(case=of, user=people[name], as_what=as_what, begins=now - BEFORE, **more)

    for name in ("supervisor", "walled_supervisor"):
        lets(name, As.SUPERVISOR)
    lets("other_supervisor", As.SUPERVISOR, of=others["case"])
    lets("support", As.SUPPORT)
    lets("other_support", As.SUPPORT, of=others["case"])
    lets("case_manager", As.CASE_MANAGER)
    lets("in_an_emergency", As.BREAK_GLASS, until=now + timedelta(minutes=50))
    opened = Access.objects.get(case=case, as_what=As.BREAK_GLASS)
    Emergency.objects.create(access=opened, by=opened.user, reason="They called from the bus station at night.")
    lets("former_mentor", As.MENTOR, until=now - timedelta(days=1))
    lets("other_mentor", As.COVER, until=now - timedelta(minutes=1))  # covered until a moment ago
    AccessFactory(
        case=case, user=people["no_role"], as_what=As.COVER, begins=now + timedelta(days=3)
    )  # from next week
    MentorshipFactory(case=case, mentor=people["former_mentor"].mentor, ended=True, open_to_mentor=False)
    for name in ("walled_supervisor", "walled_director"):
        WallFactory(user=people[name], youth=case.youth)
    RelationFactory(one=case.youth, other=others["case"].youth)
    ExclusionFactory(youth=case.youth, mentor=people["other_mentor"].mentor)
    world.things["referrals"] = referrals(people, now=now)
    mine["import"], others["import"] = (
        ImportFactory(by=people[name], kind=kind) for name, kind in (("director", "mentors"), ("intake", "youth"))
    )
    mine["export"], others["export"] = (ExportFactory(by=people[name]) for name in ("director", "intake"))
    ImportColumnFactory()
    OutboxRowFactory(recipient=people["mentor"])
    AttemptFactory()
    FurtherLookFactory(user=people["mentor"])
    AgencyContactFactory()
    programs(world)
    Heartbeat.objects.create(name="worker", at=now)
    Backup.objects.create(name="20260101T020000Z.sealed", began_at=now)
    ExitRequest.objects.create(asked_by=people["director"], why="we move to another program")
    SettingChange.objects.create(name="places", before=10, after=9, by=people["director"])
    proof.prove()
    program.save(program.Program(on_call=[str(people["supervisor"].pk)]))
    InvitationFactory(user=people["support"], by=people["admin"])
    ReportSnapshotFactory()
    RoleRequest.objects.create(user=people["no_role"], role=Role.DIRECTOR, asked_by=people["admin"])
    for factory in (AuthenticatorAppFactory, KnownDeviceFactory, PasskeyFactory, RecoveryCodeFactory, SessionFactory):
        for name in ("mentor", "admin"):
            factory(user=people[name])
    return world


def programs(world):
    """One of ours, and one of an agency with a referral it has sent."""
    ours = IntegrationFactory(made_by=world.admin)
    KeptAnswerFactory(user=ours.user)
    agency = AgencyProgramFactory()
    IntegrationFactory(user=agency.user, roles=[], scopes=["agency"], key=AGENCY_KEY, made_by=world.admin)
    sent = ReferralFactory(channel="program", agency=agency.agency)
    world.things["mine"] |= {"integration": ours, "sent": sent}


def keys_for_all(world):
    """A key for everybody, by which the API sees what they see: {name: key}. No page makes one for a person."""
    for name, person in world.people.items():
        IntegrationFactory(user=person, roles=person.roles, key=key_for(name), made_by=world.admin)
    return {name: key_for(name) for name in world.people} | {"agency": AGENCY_KEY}


def key_for(name):
    return f"the key of the tests for {name}"


def about(youth, mentor_user, *, now):
    """A youth with a mentor, and a record of every kind about them."""
    case = CaseFactory(youth=youth, with_mentor=True, access=False, with_mentor_at=now - BEFORE)
    mentorship = MentorshipFactory(case=case, mentor=mentor_user.mentor, began_on=timezone.localdate(now - BEFORE))
    MeetingFactory(mentorship=mentorship, words="We cooked, and it was good.")
    meeting = MeetingFactory(mentorship=mentorship, handed_over=True, words="Please file the bus receipt.")
    plan = AccompanimentFactory(mentorship=mentorship)
    AccompanimentFactory(mentorship=mentorship, begins_at=now - BEFORE)  # nobody has said how it went
    AccompanimentFactory(mentorship=mentorship, status="called_off", closed_at=now, closed_by=mentor_user)
    SafeContactFactory(youth=youth, channel=SafeContact.Channel.TEXT, number="617-555-0111", confirmed_at=now)
    need = SafetyNeedFactory(youth=youth)
    CaseEventFactory(case=case, what="accepted", at=now - BEFORE)
    ContactFactory(case=case, referral=case.referral)
    concern = ConcernFactory(case=case, meeting=meeting, raised_by=mentor_user, words="Somebody waited outside.")
    leave = LeaveFactory(person=mentor_user)  # asked for, and nobody has answered yet
    CoverFactory(leave=leave, case=case)
    respondent = RespondentFactory(case=case)
    follow_up = FollowUpFactory(respondent=respondent)
    link = SurveyLinkFactory(follow_up=follow_up)
    sitting = ResponseFactory(follow_up=FollowUpFactory(respondent=respondent, wave__months=0, complete=True))
    answer = AnswerFactory(response=sitting)
    return {
        "youth": youth,
        "case": case,
        "referral": case.referral,
        "mentorship": mentorship,
        "meeting": meeting,
        "plan": plan,
        "need": need,
        "concern": concern,
        "leave": leave,
        "respondent": respondent,
        "follow_up": follow_up,
        "link": link,
        "answer": answer,
    }


def waiting(mentor_user, *, now):
    """A youth who waits, and the mentor the team has asked."""
    case = CaseFactory(youth=YouthFactory(identity=True))
    case.record("accepted", by=None, at=now)
    mentorship = MentorshipFactory(case=case, mentor=mentor_user.mentor, asking=True)
    SafetyNeedFactory(youth=case.youth)
    ContactFactory(referral=case.referral, case=case)
    match = MatchFactory(mentorship=mentorship)
    access.give(case, role=Role.INTAKE, as_what=As.INTAKE, why="welcomes", by=None, at=now)
    assert mentorship.status == Status.ASKING
    return {"youth": case.youth, "case": case, "referral": case.referral, "mentorship": mentorship, "match": match}


def referrals(people, *, now):
    """Open, decided by intake lately, decided by somebody else, decided long ago."""
    opened, lately, elsewhere = ReferralFactory(), now - timedelta(days=3), {"status": "elsewhere"}
    ReferralLinkFactory(one=opened, other=ReferralFactory())
    ContactFactory(referral=opened)
    return {
        "open": opened,
        "decided by intake": ReferralFactory(**elsewhere, decided_by=people["intake"], decided_at=lately),
        "decided by another": ReferralFactory(**elsewhere, decided_by=people["assessment"], decided_at=lately),
        "decided long ago": ReferralFactory(
            **elsewhere, decided_by=people["intake"], decided_at=now - timedelta(days=31)
        ),
    }
