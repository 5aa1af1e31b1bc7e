"""One page for each role: the question its first screen answers, a day's work in steps, and what to do when stuck."""

from dataclasses import dataclass

from mlmc.core.models import Role


@dataclass(frozen=True)
class Guide:
    role: Role
    first: str  # the first screen
    question: str  # that it answers in five seconds
    steps: tuple  # (what, how)
    sees: str  # what this role sees of a youth, in one sentence
    stuck: str

    @property
    def label(self):
        return self.role.label


GUIDES = [
    Guide(
        Role.INTAKE,
        "Referrals",
        "Who came in, what is missing, whose clock is running out?",
        (
            ("Read the safety words first", "They stand above everything else, as they were written."),
            (
                "Have we met?",
                "Type what you know. The answer says whether, and who the mentor was; a person decides.",
            ),
            ("Reply to whoever referred", "One working day. Say what happens next, and nothing about the youth."),
            (
                "First contact within 72 hours",
                "The way they said is safe. Trying counts; reaching them stops the clock.",
            ),
            (
                "Move the card",
                "Needs information, in review, accepted. Nobody is turned down: other ages get a review.",
            ),
        ),
        "The whole referral, and the youth until a mentor is found.",
        "A clock you cannot keep: say so to the program director today, not on the day it runs out.",
    ),
    Guide(
        Role.ASSESSMENT,
        "Matching",
        "Who is waiting, which free mentor fits best, and why?",
        (
            ("Choose who waits longest", "The list stands in that order."),
            (
                "Read the reasons",
                "What both chose to tell is compared. Hard no's come before everything.",
            ),
            ("Decide, and write why", "The program suggests; you decide. Your words are kept with the match."),
            ("Ask both", "A place is held while they think. A no from either needs no reason."),
        ),
        "The referral and the youth until the match; mentors' places and what they chose to tell.",
        "Nobody fits: say so at the meeting. A place with the wrong mentor is worse than a week of waiting.",
    ),
    Guide(
        Role.MENTOR,
        "My youth",
        "Whom do I show up for next?",
        (
            (
                "The card on top is next",
                "How many days it has been. Call or text with one tap; no number is on the screen.",
            ),
            (
                "Check in afterwards",
                "Three taps are enough: how, how they seemed, what about. Trying counts.",
            ),
            ("A worry?", "Tap it in the check-in. Somebody is told within the minute and you see who has it."),
            ("Paperwork", "Hand a check-in over, and support writes the rest."),
            (
                "Change the pace together",
                "Weekly, every two weeks, monthly, as wanted, family; and back.",
            ),
        ),
        "Your own youth, and nobody else's. When somebody else takes over, you see them no more.",
        "Danger now: 911 first, then the check-in. Lost phone: call anybody in the office, they sign it out.",
    ),
    Guide(
        Role.CASE_MANAGER,
        "Follow-ups",
        "Which of my youth is to be asked, and what needs a step?",
        (
            (
                "Open the follow-up",
                "When it opens and closes stands there. The first comes soon after the start.",
            ),
            (
                "Make a link, or sit beside them",
                "A link waits three days to be begun, and then two weeks.",
            ),
            ("Chose not to, or missed", "Say which, and why in one word. Missed is still with us."),
        ),
        "The whole case of your own youth.",
        "A youth cannot be reached safely: do not send a link. Ask the mentor.",
    ),
    Guide(
        Role.SUPPORT,
        "Check-ins handed over",
        "Which paperwork can I take off a mentor now?",
        (
            ("Take one up", "The taps and the words the mentor shared, under a code."),
            ("Write it where it belongs", "Then mark it done. The mentor sees that it is off their hands."),
        ),
        "What was handed over to you, by code. Names and everything else stay with the mentor.",
        "The words name somebody or say that there is danger: tell the supervisor, do not write it anywhere else.",
    ),
    Guide(
        Role.SUPERVISOR,
        "My team",
        "Which relationship, youth or mentor needs me?",
        (
            ("Worries first", "Yours, if you stand first on the rota. Take it, then say what became of it."),
            ("Past the pace", "Days since somebody was reached, by the stage of each mentorship."),
            ("Places", "Ten each. An eleventh only for somebody who comes back, with your yes."),
            ("Ready, away, back", "You say it. Somebody covers before anybody goes."),
            (
                "A mentor leaves the program",
                "“Hand over” beside them: youth by youth, or all to one. What nobody has is first.",
            ),
        ),
        "The cases and meeting logs of your team's youth.",
        "You cannot take a worry: leave it. After half an hour the next on call is told.",
    ),
    Guide(
        Role.EVALUATION,
        "Follow-ups, then Outcomes",
        "Who is due, who did we miss, what changed?",
        (
            ("Who is due", "By respondent code. Chase the window, not the person."),
            ("What changed", "Each figure with how many answered, and an interval. Small groups are not shown."),
            ("Say it carefully", "Change over time: there is no comparison group."),
        ),
        "Respondent codes and answers. No name, no case code.",
        "A figure looks wrong: look at who answered before you look at the figure.",
    ),
    Guide(
        Role.DIRECTOR,
        "Today",
        "Demand against room; what is overdue, uncovered, unsafe?",
        (
            ("What needs you", "Most urgent first. Each line leads to the page that settles it."),
            ("People", "Invite, change roles. A new director or admin, or a program's key, takes two of you."),
            ("Somebody leaves the program", "One page: all they have, and who takes it. Then the account ends."),
            ("Emergencies", "Who opened what, and why. Somebody reviews each within 72 hours."),
            ("Settings", "What the program promises. Every change stands in a list."),
        ),
        "The shell of each case: code, stage, dates, who works with them, who has seen them. No name.",
        "Something must be known about one youth now: ask whoever works with them.",
    ),
    Guide(
        Role.ADMIN,
        "System health",
        "Is it up, backed up, patched?",
        (
            ("Red lines say what to do", "Backups, disk, clock, messages, database settings."),
            ("People", "Links for new ones and for lost phones. Sign somebody out everywhere."),
            ("Somebody leaves the program", "Their page hands over all they have, in numbers. At once if need be."),
            ("Key sheet", "Printed, in two places. Without it no backup opens on another machine."),
        ),
        "No case at all.",
        "Restoring: on the first page of an empty program, or docs/INSTALL.md; the key sheet in your hand.",
    ),
]
BY_ROLE = {guide.role.value: guide for guide in GUIDES}


def of(user):
    """The guides of the roles somebody holds, in the order of the table."""
    return [guide for guide in GUIDES if user.has_role(guide.role)]


# On a first visit, under the heading: view → one sentence. Whoever has read it puts it away for good.
HINTS = {
    "today": "Everything that is late or unsafe comes first. Each number opens its list.",
    "cases:referrals": "The chips are three clocks: reply, first contact, a mentor. Red ones are past their time.",
    "matching:board": "Who waits longest stands on top. The reasons say what was compared; you decide.",
    "mentors:my_youth": "Whoever is furthest past the pace is on top. Check in afterwards: three taps are enough.",
    "mentors:team": "Open a youth to read their meetings, and from there their case page.",
    "mentors:paperwork": "Mentors handed these over. You see a code, the taps and the words they shared.",
    "outcomes:follow_ups": "Sorted by the day their window closes. Codes only for whoever evaluates.",
    "outcomes:report": "Every figure says how many answered. It says change over time: nobody is compared.",
    "health": "A red line says what to do. Nothing on this page is about a youth.",
}
