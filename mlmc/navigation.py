"""What each role finds where. One table for the menu, one for the first screens."""

from django.conf import settings
from django.urls import reverse

from mlmc import program
from mlmc.core.models import Role

INTAKE, ASSESSMENT, MENTOR, CASE_MANAGER = Role.INTAKE, Role.ASSESSMENT, Role.MENTOR, Role.CASE_MANAGER
SUPPORT, SUPERVISOR, EVALUATION, DIRECTOR, ADMIN = (
    Role.SUPPORT,
    Role.SUPERVISOR,
    Role.EVALUATION,
    Role.DIRECTOR,
    Role.ADMIN,
)

# group, then: key, URL name, icon, label, who finds it there. The order never changes between roles.
MENU = [
    ("", [("today", "today", "sun", "Today", {DIRECTOR, INTAKE})]),
    (
        "Welcoming",
        [("referrals", "cases:referrals", "inbox", "Referrals", {INTAKE, ASSESSMENT, DIRECTOR})],
    ),
    ("With youth", []),
    ("Team", []),
    (
        "Learning",
        [
            ("outcomes", "outcomes:report", "graph-up", "Outcomes", {EVALUATION, DIRECTOR, SUPERVISOR}),
            (
                "follow-ups",
                "outcomes:follow_ups",
                "arrow-repeat",
                "Follow-ups",
                {EVALUATION, CASE_MANAGER, MENTOR, SUPERVISOR},
            ),
        ],
    ),
    (
        "Program",
        [
            ("people", "people:people", "person-badge", "People", {ADMIN, DIRECTOR}),
            ("health", "health", "activity", "System health", {ADMIN}),
        ],
    ),
]

# A mentor's phone.
TABS = []

# The first screen of each role; somebody with several roles lands on the first that is theirs.
FIRST = [
    (DIRECTOR, "today"),
    (INTAKE, "cases:referrals"),
    (EVALUATION, "outcomes:follow_ups"),
    (CASE_MANAGER, "outcomes:follow_ups"),
    (ADMIN, "health"),
]


def first_screen(user):
    return reverse(next(name for role, name in FIRST if user.has_role(role)))


def menu(user):
    """Groups that are not empty for this person: (group, [(key, url, icon, label, count, hot), …])."""
    for group, items in MENU:
        mine = [
            (key, reverse(name), icon, label, None, False)
            for key, name, icon, label, roles in items
            if user.has_role(*roles)
        ]
        if mine:
            yield group, mine


def shell(request):
    """What every template knows."""
    user = getattr(request, "user", None)
    ours = program.current()
    known = {"demo": settings.MLMC_DEMO, "brand": ours.brand, "help_phone": ours.help_line}
    if user is None or not user.is_authenticated:
        return known
    return known | {
        "nav": list(menu(user)),
        "tabs": [(key, reverse(name), icon, label) for key, name, icon, label in TABS if user.has_role(MENTOR)],
        "person": {"name": user.short_name, "role_label": user.role_words, "initials": user.initials, "tone": 1},
    }
