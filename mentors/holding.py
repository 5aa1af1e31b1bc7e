"""What a mentor, a supervisor, or whoever covers has in hand. See mlmc.core.holding."""

from cases.holding import BY_ROW, FOLLOW, colleagues
from mentors import held_by_mentors, held_by_staff, leave
from mlmc.core.holding import Kind
from mlmc.core.models import Role

KINDS = [
    Kind(
        "concerns",
        "Safety concerns",
        "shield-exclamation",
        10,
        held_by_mentors.find_concerns,
        about="Who takes one over is told within the minute.",
        holders=held_by_mentors.holders_of_concerns,
        takers=colleagues(Role.SUPERVISOR, Role.DIRECTOR),
        give=held_by_mentors.give_concern,
        refuses=held_by_mentors.refuse_for_concerns,
    ),
    Kind(
        "mentorships",
        "Youth they mentor",
        "house-heart",
        20,
        held_by_mentors.find_mentorships,
        about="Each with a goodbye and a beginning. Who takes over sees nothing of the meetings before.",
        holders=held_by_mentors.holders_of_mentorships,
        takers=held_by_mentors.other_mentors,
        give=held_by_mentors.give_mentorship,
        refuses=held_by_mentors.refuse_mentors,
        nobody="Nobody yet: the assessment team finds a match",
        each=True,
    ),
    Kind(
        "plans",
        "Meetings planned",
        "calendar-check",
        21,
        held_by_mentors.find_plans,
        goes_with="They go with the youth, as far as they keep to what keeps them safe with the new mentor.",
    ),
    Kind(
        "asked",
        "Asked, and thinking about a match",
        "chat-dots",
        22,
        held_by_mentors.find_asked,
        about="The place is free again, and the team asks somebody else. Nobody owes a reason.",
        takers=lambda person: [],
        give=held_by_mentors.give_back,
        nobody="The place is given back",
        verb="Give back",
    ),
    Kind(
        "led",
        "Mentors of their team",
        "diagram-3",
        25,
        held_by_staff.find_led,
        about="A supervisor without a team takes the whole team; one with a team takes the mentor into it. "
        "Their youth go with them.",
        holders=held_by_staff.holders_of_teams,
        takers=colleagues(Role.SUPERVISOR),
        give=held_by_staff.give_led,
        refuses=held_by_staff.refuse_leaders,
        chosen_by=(Role.DIRECTOR,),  # a mentor has a name here, so who cannot lead them tells of a wall
        about_youth=False,
        brings_youth=True,
    ),
    Kind(
        "on_call",
        "Their turn on call",
        "telephone",
        50,
        held_by_staff.find_on_call,
        about="Somebody else stands in the same place of the rota.",
        takers=colleagues(Role.SUPERVISOR),
        give=held_by_staff.give_on_call,
        nobody="Take them off the rota",
        about_youth=False,
    ),
    Kind(
        "covers",
        "Colleagues they cover for",
        "calendar-heart",
        51,
        held_by_staff.find_covers,
        about="Somebody else covers from now on, until the same day.",
        holders=held_by_staff.holders_of_covers,
        takers=held_by_staff.anybody_else,
        give=held_by_staff.give_cover,
        about_youth=False,
        brings_youth=True,
    ),
    Kind(
        "leaves",
        "Time away that waits for their answer",
        "calendar-plus",
        52,
        held_by_staff.find_leaves_asked,
        goes_with="The program director answers, or whoever leads the team next.",
        about_youth=False,
    ),
]
# Of the kinds below: nothing goes to somebody who is away today; whose leave begins later is covered there, too
FORBIDS = dict.fromkeys([*(as_what.value for as_what, *_ in BY_ROW), "referrals"], held_by_staff.refuse_the_away)
FOLLOW.append(leave.follow)
