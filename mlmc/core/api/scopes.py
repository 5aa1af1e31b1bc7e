"""What a key may be good for. Reading and writing apart; an agency's is a word of its own."""

from mlmc.core.models.integrations import AGENCY

# thing: (words for the page that makes keys, whether there is something to write)
THINGS = {
    "referrals": ("Referrals", True),
    "cases": ("Youth and cases", False),
    "mentors": ("Mentors and their places", False),
    "mentorships": ("Mentorships", True),
    "meetings": ("Meetings", True),
    "matches": ("Matches and decisions", True),
    "concerns": ("Safety concerns", True),
    "follow-ups": ("Follow-ups", True),
    "answers": ("Survey answers of others, to bring in", True),
    "outcomes": ("The outcomes report", False),
}
SAFE = {"GET", "HEAD", "OPTIONS"}
CHOICES = [(f"{thing}:read", f"{words}: read") for thing, (words, _) in THINGS.items() if thing != "answers"] + [
    (f"{thing}:write", f"{words}: write") for thing, (words, writes) in THINGS.items() if writes
]
# Only a mentor checks in, and no program is one: so no page offers that scope.
OFFERED = [choice for choice in CHOICES if choice[0] != "meetings:write"]
ALL = [scope for scope, _ in CHOICES]


def needed(thing, method):
    """The scope a request to a thing needs. Whoever may write may not read by it: ask for both."""
    if thing == AGENCY:
        return AGENCY
    return f"{thing}:{'read' if method in SAFE else 'write'}"


def words_of(scopes):
    known = dict(CHOICES) | {AGENCY: "Refers for an agency, and reads the stage of its own referrals"}
    return [known.get(scope, scope) for scope in scopes]
