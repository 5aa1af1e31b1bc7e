"""How made-up youth came to the demo program, and who showed up for them."""

import json
import uuid
from datetime import datetime, time, timedelta

from django.utils import timezone

from cases import acceptance, contacts, intake, safety
from cases.lifecycle import move_referral
from cases.models import Agency, Contact, Precision, Referral, ReferralStatus, SafeContact, SafetyNeed
from matching import ask
from mentors import accompaniment, concerns, meetings, mentorships
from mentors.models import Concern, Meeting, Mentor, Status
from mlmc.seed import names

# How many youth each mentor walks with, in the order of names.MENTORS; the last is shadowing and holds none.
CASELOADS = [8, 7, 8, 10, 9, 5, 3, 1, 0]
# Days after the first meeting when the pace eases, and to what
EASING = [(21, Status.WEEKLY), (150, Status.FORTNIGHTLY), (280, Status.MONTHLY), (600, Status.FAMILY)]
PACE = {Status.BEGINNING: 4, Status.WEEKLY: 7, Status.FORTNIGHTLY: 14, Status.MONTHLY: 30, Status.FAMILY: 45}


def moment(day, hour, minute=0):
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


class Storyteller:
    """Makes one youth after another, each by the same verbs the pages call, at days that have passed."""

    def __init__(self, rng, people, *, now):
        self.rng, self.people, self.now = rng, people, now
        self.today = timezone.localdate(now)
        self.intake, self.team = people["priya"], people["ana"]
        self.names = iter(rng.sample(names.FIRST_NAMES.split(), len(names.FIRST_NAMES.split())))
        self.agencies = [Agency.objects.create(name=name) for name in names.AGENCIES]

    def referral(self, received_at, *, safety=None, **known):
        """Somebody refers a youth."""
        rng = self.rng
        first, last = next(self.names), rng.choice(names.LAST_NAMES.split())
        age = rng.choice([13, 14, 14, 15, 15, 16, 17])
        born = timezone.localdate(received_at) - timedelta(days=age * 365 + rng.randrange(20, 340))
        agency, worker = rng.choice(self.agencies), rng.choice(names.WORKERS)
        parsed = {
            "agency": agency,
            "referrer": worker,
            "referrer_phone": f"617-555-01{rng.randrange(10, 99)}",
            "first_name": first,
            "last_name": last,
            "pronouns": rng.choice(["she/her", "she/her", "she/her", "they/them", "he/him"]),
            "born_on": born,
            "born_precision": Precision.DAY,
            "languages": rng.choice([["en"], ["en"], ["es", "en"], ["en", "ht"], ["es"], ["en", "vi"]]),
            "area": rng.choice(names.AREAS),
            "living_with": rng.choice(["foster home", "grandmother", "aunt", "group home", "mother"]),
            "custody": rng.choice(["DCF", "home, DCF open", ""]),
            "missing": Referral.YesNo.NO,
            "safety_words": safety[1] if safety else "",
            "consent_words": rng.choice(["youth agreed", "worker says youth is not sure yet", "aunt aware"]),
            "why": rng.choice(names.WHY),
        } | known
        told = {"name": f"{first} {last}", "from": f"{worker}, {agency.name}", "message": parsed["why"]}
        told |= {name: value for name, value in known.items() if not name.startswith("born_")}
        return intake.receive(
            channel=rng.choice([Referral.Channel.EMAIL, Referral.Channel.PUBLIC_FORM, Referral.Channel.PHONE]),
            received_at=received_at,
            received_text=json.dumps(told, default=str),
            at=received_at,
            by=self.intake,
            **parsed,
        )

    def replied(self, referral, *, after=timedelta(hours=5)):
        intake.record_reply(referral, by=self.intake, at=referral.received_at + after)

    def reached(self, referral, *, after=timedelta(hours=30)):
        contacts.record_contact(
            referral,
            by=self.intake,
            at=referral.received_at + after,
            way=Contact.Way.CALL,
            reached=True,
            note="Said hello. Wants to meet somebody.",
        )

    def accepted(self, referral, *, days=4):
        """The team says yes; what the youth chose to tell about herself helps a match."""
        rng, at = self.rng, referral.received_at + timedelta(days=days)
        move_referral(referral, ReferralStatus.IN_REVIEW, by=self.intake, at=at - timedelta(days=1))
        case = acceptance.accept(referral, by=self.intake, at=at, case_manager=self.people["dana"])
        youth = case.youth
        youth.interests = rng.sample(["art", "music", "dance", "sport", "cooking", "hair", "gaming", "animals"], 2)
        youth.experiences = rng.sample(
            ["group_care", "foster_care", "kin", "several_homes", "court", "school_again"], 2
        )
        youth.backgrounds = [rng.choice(["latina", "black", "white", "asian", "haitian", "cape_verdean"])]
        youth.wishes = rng.sample(["same_background", "same_language", "near", "shared_experience", "texts"], 2)
        youth.save(update_fields=["interests", "experiences", "backgrounds", "wishes"])
        return case

    def welcomed(self, received_at, **known):
        referral = self.referral(received_at, **known)
        self.replied(referral)
        self.reached(referral)
        return self.accepted(referral)

    def met(self, case, mentor, *, days=5):
        """The team asks both, both say yes, and they begin."""
        at = case.accepted_at + timedelta(days=days)
        match = ask.ask_both(case, mentor, rationale="Close by, and likes the same things.", by=self.team, at=at)
        ask.answer_as_mentor(match, True, by=mentor.user, at=at + timedelta(hours=6))
        ask.answer_for_youth(match, True, by=self.team, at=at + timedelta(hours=20))
        mentorship = match.mentorship
        mentorship.refresh_from_db()
        return mentorship

    def show_up(self, mentorship, *, until):
        """Meetings at the pace of the stage, easing over time, up to the day given."""
        day = mentorship.began_on + timedelta(days=1)
        meetings.first_meeting(
            mentorship,
            by=mentorship.mentor.user,
            at=moment(day, 20),
            met_on=day,
            place_kind=self.rng.choice([Meeting.PlaceKind.MEAL, Meeting.PlaceKind.OUT]),
            expectations_agreed=True,
        )
        easing = [(mentorship.began_on + timedelta(days=n), stage) for n, stage in EASING]
        while day <= until:
            while easing and easing[0][0] <= day:
                mentorships.change_pace(mentorship, easing[0][1], by=mentorship.mentor.user, at=moment(day, 9))
                mentorship.refresh_from_db()
                easing.pop(0)
            self.check_in(mentorship, day)
            pace = PACE[mentorship.status]
            day += timedelta(days=max(2, pace + self.rng.randrange(-pace // 4, pace // 3 + 1)))

    def check_in(self, mentorship, day, **known):
        rng = self.rng
        reached = rng.random() < 0.85
        kind = rng.choice(
            [Meeting.Kind.IN_PERSON, Meeting.Kind.IN_PERSON, Meeting.Kind.TEXT, Meeting.Kind.CALL]
            + [Meeting.Kind.WENT_WITH, Meeting.Kind.DINNER]
        )
        at = min(moment(day, rng.randrange(16, 21), rng.randrange(60)), self.now)
        fields = {
            "kind": kind if reached else Meeting.Kind.CALL,
            "minutes": rng.choice([15, 30, 60, 60, 120]) if reached else None,
            "reached": reached,
            "mood": rng.choice([2, 3, 3, 4, 4, 5]) if reached else None,
            "topics": rng.sample(Meeting.Topic.values, rng.randrange(1, 4)) if reached else [],
            "words": rng.choice(names.CHECK_INS) if reached and rng.random() < 0.4 else "",
            "handed_over": reached and rng.random() < 0.25,
        } | known
        return meetings.log(
            mentorship,
            by=mentorship.mentor.user,
            at=at,
            client_key=uuid.UUID(int=rng.getrandbits(128), version=4),
            held_on=day,
            **fields,
        )


def tell(rng, people, *, now):
    """The whole demo program, oldest first."""
    teller = Storyteller(rng, people, now=now)
    today = teller.today
    mentors = [Mentor.objects.get(user=people[one["key"]]) for one in names.MENTORS]
    order = [mentor for mentor, youth in zip(mentors, CASELOADS, strict=True) for _ in range(youth)]
    rng.shuffle(order)
    lived = []
    for n, mentor in enumerate(order):
        ago = 720 - n * 680 // len(order)
        safety = names.SAFETY[n % 4] if n % 3 == 0 else None
        case = teller.welcomed(moment(today - timedelta(days=ago), 10, rng.randrange(60)), safety=safety)
        mentorship = teller.met(case, mentor)
        # some mentors have not reached somebody for a while: that is what the list is for
        teller.show_up(mentorship, until=today - timedelta(days=24 if n % 9 == 4 else n % 3))
        lived.append(mentorship)
    taken_up(teller)
    waiting(teller)
    newcomers(teller)
    worries(teller, lived)
    reachable(lived, by=people["simone"], at=now)
    planned(lived, by=people["simone"], at=now)
    return lived


def taken_up(teller):
    """Support has turned all but the last week's check-ins into paperwork."""
    old = Meeting.objects.filter(handed_over=True, held_on__lt=teller.today - timedelta(days=7))
    old.update(taken_up_at=teller.now - timedelta(days=5), taken_up_by=teller.people["gwen"])


def waiting(teller):
    """Accepted, and no mentor yet: from yesterday to past the promise."""
    for days in (16, 13, 11, 9, 7, 5):
        received = moment(teller.today - timedelta(days=days), 11)
        case = teller.welcomed(received, safety=names.SAFETY[days % 4])
        if days == 9:
            mentor = Mentor.objects.get(user=teller.people["carmen"])
            ask.ask_both(case, mentor, rationale="Both sing, both speak Spanish.", by=teller.team, at=teller.now)


def newcomers(teller):
    """In the queue: just arrived, late for a reply, late for a first contact, in review, older than the rule."""
    now, hours = teller.now, lambda n: teller.now - timedelta(hours=n)
    teller.referral(now - timedelta(minutes=50))
    teller.referral(hours(4), safety=names.SAFETY[0])
    teller.referral(hours(100))  # nobody has answered yet
    late = teller.referral(hours(90), safety=names.SAFETY[2])
    teller.replied(late)  # answered, but the youth has not been reached within 72 hours
    asking = teller.referral(hours(50), born_on=None, born_precision=Precision.ABOUT, about_age="about 14")
    teller.replied(asking)
    ready = teller.referral(hours(60))
    teller.replied(ready)
    teller.reached(ready)
    move_referral(ready, ReferralStatus.IN_REVIEW, by=teller.intake, at=hours(20))
    older = teller.referral(hours(70), born_on=teller.today - timedelta(days=18 * 366))
    teller.replied(older)
    teller.reached(older, after=timedelta(hours=40))


def worries(teller, lived):
    """One concern that waits for somebody, one that somebody has."""
    one, other = (m for m in lived if m.mentor.user in (teller.people["carmen"], teller.people["marcus"])), None
    one, other = next(one), next(one)
    at = teller.now - timedelta(minutes=12)
    first = teller.check_in(one, teller.today, words="A car waited outside her school twice this week.", reached=True)
    concerns.raise_concern(
        one.case, source=Concern.Source.CHECK_IN, by=one.mentor.user, words=first.words, meeting=first, at=at
    )
    had = concerns.raise_concern(
        other.case,
        source=Concern.Source.CHECK_IN,
        by=other.mentor.user,
        words="Sleeping at a friend's place until the new placement is ready.",
        at=teller.now - timedelta(days=2),
    )
    concerns.acknowledge(had, by=teller.people["simone"], at=teller.now - timedelta(days=2, minutes=-9))


def reachable(lived, *, by, at):
    """Most youth have told their mentor how to reach them; some want neither a call nor a text."""
    way = SafeContact.Channel
    ways = [way.TEXT, way.CALL, way.TEXT, way.IN_PERSON]
    for n, mentorship in enumerate(lived):
        contact = SafeContact.objects.get(youth=mentorship.case.youth)
        contact.channel, contact.number = ways[n % len(ways)], f"617-555-01{n % 90 + 10}"
        contact.hours, contact.voicemail_ok = "after school, before nine", n % 3 == 0
        contact.confirmed_at, contact.confirmed_by = at, by
        contact.save()


def planned(lived, *, by, at):
    """What some youth are to be kept from is confirmed, and the meetings to come keep to it."""
    hard = SafetyNeed.Kind.CLOSED_ROOM
    for n, mentorship in enumerate(lived):
        case = mentorship.case
        for need in case.youth.safety_needs.standing():
            if "closed room" in need.words:
                safety.confirm(need, kind=hard, is_hard=True, plain=need.words, case=case, by=by, at=at)
        if n % 4 == 0:
            accompaniment.plan(
                mentorship,
                by=mentorship.mentor.user,
                at=at,
                client_key=uuid.uuid5(mentorship.pk, "plan"),
                begins_at=moment(timezone.localdate(at) + timedelta(days=1 + n % 9), 9 + n % 8),
                needs_read=True,
                mentor_stays=True,
                chosen_stays=False,
                **names.PLANS[n // 4 % len(names.PLANS)],
            )
