"""What each role finds where. One table for the menu, one for the first screens."""

from django.conf import settings
from django.urls import reverse

from cases.emergency import MAY_OPEN
from mlmc import program, queues, search
from mlmc.core.models import Role
from mlmc.help import guides
from mlmc.office import founding

INTAKE, ASSESSMENT, MENTOR, CASE_MANAGER = Role.INTAKE, Role.ASSESSMENT, Role.MENTOR, Role.CASE_MANAGER
SUPPORT, SUPERVISOR, EVALUATION, DIRECTOR, ADMIN = (
    Role.SUPPORT,
    Role.SUPERVISOR,
    Role.EVALUATION,
    Role.DIRECTOR,
    Role.ADMIN,
)

ASK = {EVALUATION, CASE_MANAGER, MENTOR, SUPERVISOR}  # whoever may sit with a youth and a survey

# group, then: key, URL name, icon, label, who finds it there. The order never changes between roles.
MENU = [
    ("", [("today", "today", "sun", "Today", {DIRECTOR, INTAKE})]),
    (
        "Welcoming",
        [
            ("referrals", "cases:referrals", "inbox", "Referrals", {INTAKE, ASSESSMENT, DIRECTOR}),
            ("match", "matching:board", "people", "Matching", {INTAKE, ASSESSMENT}),
        ],
    ),
    ("With youth", [("my-youth", "mentors:my_youth", "house-heart", "My youth", {MENTOR})]),
    (
        "Team",
        [
            ("team", "mentors:team", "heart-pulse", "My team", {SUPERVISOR}),
            ("paperwork", "mentors:paperwork", "file-earmark-text", "Check-ins handed over", {SUPPORT}),
        ],
    ),
    (
        "Learning",
        [
            ("outcomes", "outcomes:report", "graph-up", "Outcomes", {EVALUATION, DIRECTOR, SUPERVISOR}),
            ("follow-ups", "outcomes:follow_ups", "arrow-repeat", "Follow-ups", ASK),
        ],
    ),
    (
        "Program",
        [
            ("people", "people:people", "person-badge", "People", {ADMIN, DIRECTOR}),
            ("bring", "bringing:files", "box-arrow-in-down", "Bring in", {ADMIN, DIRECTOR, INTAKE, EVALUATION}),
            ("settings", "office:settings", "sliders", "Settings", {ADMIN, DIRECTOR}),
            (
                "emergencies",
                "cases:emergencies",
                "exclamation-diamond",
                "Emergencies",
                {SUPERVISOR, DIRECTOR},
            ),
            ("health", "health", "activity", "System health", {ADMIN}),
        ],
    ),
]

# What takes a second person, by the entry of the menu that counts it: where it is answered, and what it is about.
ANSWERED = [
    ("people", "people:people", "what somebody or a program may see here"),
    ("settings", "plain_exit:exits", "taking everything out as plain files"),
]

# A mentor's phone.
TABS = [
    ("my-youth", "mentors:my_youth", "house-heart", "Home"),
    ("check-in", "mentors:check_in_choose", "plus-lg", "Check in"),
]

# The first screen of each role; somebody with several roles lands on the first that is theirs.
FIRST = [
    (DIRECTOR, "today"),
    (SUPERVISOR, "mentors:team"),
    (INTAKE, "cases:referrals"),
    (ASSESSMENT, "matching:board"),
    (MENTOR, "mentors:my_youth"),
    (CASE_MANAGER, "outcomes:follow_ups"),
    (SUPPORT, "mentors:paperwork"),
    (EVALUATION, "outcomes:follow_ups"),
    (ADMIN, "health"),
]


def first_screen(user):
    """Its address, or None for somebody without a role."""
    name = first_name(user)
    return reverse(name) if name else None


def first_name(user):
    return next((name for role, name in FIRST if user.has_role(role)), None)


def way_back(user):
    """From the page of one youth to the list this person begins with: its address, and what the menu calls it."""
    first = first_name(user)
    found = (item for _, items in MENU for item in items)
    return next(((reverse(name), label) for _, name, _, label, _ in found if name == first), None)


def menu(user):
    """Groups that are not empty for this person: (group, [(key, url, icon, label, count, hot), …])."""
    mine = [(group, [item for item in items if user.has_role(*item[-1])]) for group, items in MENU]
    counts = queues.count(user, {key for _, items in mine for key, *_ in items})

    def line(key, name, icon, label, _):
        return key, reverse(name), icon, label, *counts.get(key, (0, False))

    return [(group, [line(*item) for item in items]) for group, items in mine if items]


def second_yes(groups):
    """Where somebody waits for this person's yes or no, as the menu has counted it: [(address, words, number)]."""
    numbers = {key: number for _, items in groups for key, *_, number, _ in items}
    return [(reverse(name), words, numbers[key]) for key, name, words in ANSWERED if numbers.get(key)]


def shell(request):
    """What every template knows."""
    user = getattr(request, "user", None)
    ours = program.of(request)
    known = {"demo": settings.MLMC_DEMO, "brand": ours.brand, "help_phone": ours.help_line}
    if settings.MLMC_SETUP_CODE:
        known["nobody_yet"] = founding.is_open()
    if user is None or not user.is_authenticated or getattr(request, "kept_out", False):
        return known  # a locked screen shows no menu and counts nothing
    view = request.resolver_match.view_name if request.resolver_match else ""
    groups = menu(user)
    return known | {
        "hint": guides.HINTS.get(view) if view not in user.hints_hidden else None,
        "hint_name": view,
        "practice": settings.MLMC_DEMO or "practice" in ours.done,
        "nav": groups,
        "second_yes": second_yes(groups) if view == first_name(user) else [],
        "way_back": way_back(user),
        "may_search": user.has_role(*search.FINDERS),
        "may_open": user.has_role(*MAY_OPEN),
        "tabs": [(key, reverse(name), icon, label) for key, name, icon, label in TABS if user.has_role(MENTOR)],
        "lock_after": int(request.session.patience.total_seconds()),
        "person": {"name": user.short_name, "role_label": user.role_words, "initials": user.initials, "tone": 1},
    }
