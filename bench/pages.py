"""Every list page, and whose it is. How long each takes at each size is the growth chart."""

import http.client
import statistics
import time
from urllib.parse import urlsplit

from bench import web

# name, role, path
PAGES = [
    ("My youth", "mentor", "/my-youth/"),
    ("Whom a check-in is about", "mentor", "/check-in/"),
    ("Meeting log", "mentor", "/my-youth/{mentorship}/"),
    ("My team", "supervisor", "/team/"),
    ("Time away", "supervisor", "/leave/"),
    ("A case with its timeline", "case_manager", "/cases/{case}/"),
    ("Who may see and who has seen", "supervisor", "/cases/{case}/access/"),
    ("Check-ins handed over", "support", "/paperwork/"),
    ("Referrals", "intake", "/referrals/"),
    ("Matching", "assessment", "/match/"),
    ("Today", "director", "/today/"),
    ("Emergencies", "director", "/emergency/reviews/"),
    ("Follow-ups", "evaluation", "/follow-ups/"),
    ("Follow-ups of a case manager", "case_manager", "/follow-ups/"),
    ("People", "admin", "/people/"),
    ("Who can do what", "admin", "/people/roles/"),
    ("System health", "admin", "/health/"),
]
PEOPLE, WARM, TURNS = 8, 2, 24


class Reader:
    """Browsers of one server that stay connected."""

    def __init__(self, url, people, path):
        self.link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self.people, self.path, self.turn, self.seconds = people, path, 0, []

    def read(self):
        one = self.people[self.turn % len(self.people)]
        path = self.path.format(mentorship=first_of(one, "mentorships"), case=first_of(one, "cases"))
        self.turn += 1
        begun = time.perf_counter()
        self.link.request("GET", path, headers={"Cookie": one["cookie"]})
        answer = self.link.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status} ({answer.headers.get('Location', '')}).")
        self.seconds.append(time.perf_counter() - begun)


def first_of(person, what):
    return person[what][0] if person[what] else ""


def growth(bed, sizes, servers, *, say):
    """{page: {cases: milliseconds}}, each page asked of every size in turn."""
    known, found = {}, {}
    for name, role, path in PAGES:
        readers = []
        for size, server in zip(sizes, servers, strict=True):
            if (size, role) not in known:
                known[size, role] = web.people(bed, size, role, PEOPLE)
            readers.append(Reader(server.url, known[size, role], path))
        for _ in range(WARM + TURNS):
            for reader in readers:
                reader.read()
        found[name] = {
            size.cases: statistics.median(reader.seconds[WARM:]) * 1000
            for size, reader in zip(sizes, readers, strict=True)
        }
        say(f"{name}: " + ", ".join(f"{value:.0f} ms at {cases:,}" for cases, value in found[name].items()))
    return found


def compared(bed, small, large, servers, *, turns=200):
    """The caseload page at two sizes in turn, by mentors taken at random: the ratio of medians, and of quarters."""
    readers = [
        Reader(server.url, web.people(bed, size, "mentor", turns), "/my-youth/")
        for size, server in zip((small, large), servers, strict=True)
    ]
    for _ in range(turns):
        for reader in readers:
            reader.read()
    few, many = (reader.seconds[10:] for reader in readers)
    quarters = [b / a for a, b in zip(statistics.quantiles(few, n=4), statistics.quantiles(many, n=4), strict=True)]
    return quarters[1], min(quarters), max(quarters)
