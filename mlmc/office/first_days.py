"""What a program does before the first real name goes in: eight steps, each with the page that does it."""

from dataclasses import dataclass

from django.urls import resolve, reverse

from mlmc import program
from mlmc.core.context import on_duty
from mlmc.core.door import factors
from mlmc.core.models import Backup, Role, Team, User


@dataclass
class Step:
    name: str
    words: str
    url: str
    done: bool
    roles: frozenset  # whom its page is open to

    def open_to(self, user):
        return user.has_role(*self.roles)

    @property
    def who(self):
        return " or ".join(sorted(role.label for role in self.roles))


def step(name, words, where, done, *, section=""):
    url = reverse(where)
    return Step(name, words, url + (f"#{section}" if section else ""), bool(done), resolve(url).func.only_roles)


@on_duty("accounts", "watch")
def steps():
    """In the order in which they are best done. One is done when the program itself can see that it is."""
    ours = program.current()
    heads = User.objects.filter(is_active=True, roles__overlap=[Role.ADMIN, Role.DIRECTOR])
    supervisors = User.objects.with_role(Role.SUPERVISOR)
    saved, where = ours.done, "office:settings"
    return [
        step(
            "Two people who can let others in",
            "An admin and a director, each signed in with a second factor.",
            "people:people",
            sum(factors.has_any(user) for user in heads) >= 2,
        ),
        step(
            "The key sheet, printed and locked away",
            "Without it no backup can ever be read on another machine.",
            "office:key_sheet",
            "key_sheet" in saved,
        ),
        step(
            "Promises",
            "How soon you reply, make contact and find a mentor.",
            where,
            "promises" in saved,
            section="promises",
        ),
        step("Days off", "So that working days are counted right.", where, "days-off" in saved, section="days-off"),
        step("Letters", "A mail server, tried with one to yourself.", where, "letters" in saved, section="letters"),
        step("Teams", "A supervisor, her mentors, and their support.", "people:teams", Team.objects.exists()),
        step("Your people", "Everybody with their roles; a supervisor first.", "people:invite", supervisors.exists()),
        step("Who is on call", "A worry is told to the first within the minute.", "mentors:on_call", ours.on_call),
        step("The first backup", "It makes itself. Is it copied, too?", "health", Backup.objects.good().exists()),
    ]
