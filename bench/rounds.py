"""Measured in turn, compared within the round: a machine that is busy with something else is busy for all of them."""

import statistics
from dataclasses import dataclass, field

from bench import load

HELLO_SECONDS, SECONDS = 2, 3
NOISY = 3  # hello's best second against its worst


@dataclass
class Found:
    """The samples of one endpoint, and of the hello taken just before each."""

    samples: list = field(default_factory=list)
    hellos: list = field(default_factory=list)

    @property
    def ratios(self):
        return [one.per_second / hello.per_second for one, hello in zip(self.samples, self.hellos, strict=True)]


@dataclass(frozen=True)
class Figure:
    """A median with its range, over the rounds."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values):
        return cls(statistics.median(values), min(values), max(values))


class BadAnswers(Exception):
    """Something answered otherwise than it should: such a sample says nothing."""


def measure(hello, endpoints, *, rounds, say):
    """{name: Found}; `endpoints` are (Endpoint, connections). The order turns with each round."""
    found = {endpoint.name: Found() for endpoint, _ in endpoints}
    for turn in range(rounds):
        for endpoint, connections in endpoints[turn % len(endpoints) :] + endpoints[: turn % len(endpoints)]:
            before = load.run(hello, connections=connections, seconds=HELLO_SECONDS)
            sample = load.run(endpoint, connections=connections, seconds=SECONDS)
            if before.bad or sample.bad:
                raise BadAnswers(f"{endpoint.name}: {sample.bad} answers were not {endpoint.expected}.")
            found[endpoint.name].hellos.append(before)
            found[endpoint.name].samples.append(sample)
        say(f"round {turn + 1} of {rounds}")
    return found


def is_noisy(found):
    every = [hello.per_second for one in found.values() for hello in one.hellos]
    return max(every) / min(every) > NOISY
