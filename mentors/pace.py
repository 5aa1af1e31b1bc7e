"""How long it has been, against the pace of the stage. Pure: computed when it is read, in days, said in words."""

from dataclasses import dataclass
from datetime import date

from mentors.models import Status


@dataclass(frozen=True)
class Standing:
    """Where one mentorship stands today. `over` is how many days past the pace; None where no pace is set."""

    since: int
    over: int | None
    met: bool
    tried: bool  # since they last met, and that counts as effort

    @property
    def is_over(self) -> bool:
        return self.over is not None and self.over > 0

    @property
    def words(self) -> str:
        if self.tried:
            return "Try again"
        return "Say hi today" if self.is_over else ""

    @property
    def over_words(self) -> str:
        if self.is_over:
            return "1 day past the pace" if self.over == 1 else f"{self.over} days past the pace"
        return ""


def standing(mentorship, *, today: date, pace_days: dict) -> Standing:
    """Of a row from `Mentorship.objects.for_list()`. Who has not met yet counts from the beginning."""
    last = mentorship.last_reached_on or mentorship.began_on
    since = (today - last).days
    pace = None if mentorship.status == Status.FAMILY else pace_days.get(mentorship.status)
    tried_on = mentorship.last_tried_on
    return Standing(
        since=since,
        over=None if pace is None else since - pace,
        met=mentorship.last_reached_on is not None,
        tried=tried_on is not None and tried_on > last,
    )


def longest_first(mentorships, *, today: date, pace_days: dict):
    """Give each its `standing` and put whom to show up for next on top; those without a pace come last."""
    for mentorship in mentorships:
        mentorship.standing = standing(mentorship, today=today, pace_days=pace_days)

    def order(mentorship):
        over = mentorship.standing.over
        return over is None, -(mentorship.standing.since if over is None else over), mentorship.pk

    return sorted(mentorships, key=order)
