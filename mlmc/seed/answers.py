"""What made-up youth answered at baseline, six and twelve months: some skipped, some missed, most better over time."""

from datetime import timedelta

from mlmc.seed.stories import moment
from outcomes import followups, instruments, lifecycle
from outcomes.models import Answer, FollowUp, Response, Status

# How likely a yes is at each wave; how a scale tends to be answered, from 1 to 5
YES = {
    "cse": (0.70, 0.26, 0.16),
    "seb": (0.52, 0.22, 0.20),
    "delinquency": (0.48, 0.32, 0.28),
    "arrested": (0.34, 0.18, 0.14),
    "drugs": (0.55, 0.40, 0.38),
    "sad": (0.62, 0.58, 0.52),
    "suicidality": (0.24, 0.16, 0.12),
    "dating_abuse": (0.40, 0.26, 0.20),
    "danger_now": (0.0, 0.0, 0.0),
}
SCALE = (2.6, 3.2, 3.5)


def give(rng, *, now, today):
    """Answers for every window whose day has passed, but for the last month: those are still being asked."""
    followups.make_due(at=now)
    instrument = instruments.newest()
    for respondent in (
        FollowUp.objects.order_by("respondent__case__accepted_at").values_list("respondent", flat=True).distinct()
    ):
        stays = rng.random()
        for months in (0, 6, 12):
            follow_up = FollowUp.objects.select_related("wave", "respondent__case").get(
                respondent=respondent, wave__months=months
            )
            if follow_up.due_on > today - timedelta(days=25):
                break
            lifecycle.move(follow_up, Status.OPEN, on=follow_up.opens_on)
            if months and stays < 0.24:
                miss_or_decline(rng, follow_up, at=moment(follow_up.closes_on, 12), today=today)
                continue
            sit(rng, follow_up, instrument, day=min(follow_up.due_on + timedelta(days=rng.randrange(-4, 16)), today))
    followups.open_due(at=now)


def miss_or_decline(rng, follow_up, *, at, today):
    if follow_up.closes_on >= today:
        return
    if rng.random() < 0.25:
        lifecycle.move(follow_up, Status.DECLINED, on=follow_up.due_on)
    else:
        followups.miss(follow_up, why=rng.choice(followups.Why.values[:3]), by=None, at=at)


def sit(rng, follow_up, instrument, *, day):
    """One sitting: nine in ten go to the end, and everybody may skip."""
    wave = (0, 6, 12).index(follow_up.wave.months)
    at = moment(day, 17, rng.randrange(60))
    language = "es" if rng.random() < 0.15 else "en"
    response = Response.objects.create(
        follow_up=follow_up, instrument=instrument, language=language, started_at=at, finished_at=at
    )
    items = instruments.questions(instrument).items
    stops = rng.randrange(8, len(items)) if rng.random() < 0.1 else len(items)
    Answer.objects.bulk_create(
        [
            Answer(response=response, item=item.code, at=at, **said(rng, item, wave, n < stops))
            for n, item in enumerate(items)
        ]
    )
    lifecycle.move(follow_up, Status.COMPLETE if stops == len(items) else Status.PARTIAL, on=day)
    followups.anchor(follow_up, on=day)
    follow_up.respondent.case.record("Survey answered", by=None, at=at)


def said(rng, item, wave, reached):
    if not reached:
        return {"kind": Answer.Kind.NOT_ASKED}
    if rng.random() < 0.05:
        return {"kind": rng.choice([Answer.Kind.SKIPPED, Answer.Kind.PREFER_NOT])}
    if item.kind == "yes_no":
        value = "yes" if rng.random() < YES[item.code][wave] else "no"
    else:
        value = str(min(5, max(1, round(rng.gauss(SCALE[wave], 0.9)))))
    return {"kind": Answer.Kind.ANSWERED, "value": value}
