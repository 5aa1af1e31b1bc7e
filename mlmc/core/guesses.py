"""Wrong private links, counted by address in the memory of this process: opening a link is a GET, and writes nothing.

A link has far more than 2^128 possibilities, so this wins nothing against chance. It stops the noise, and it holds
while neither queue nor database answers.
"""

import threading
from collections import OrderedDict, deque
from datetime import timedelta

MOST_ADDRESSES = 10_000  # those longest quiet are forgotten first


class Guesses:
    def __init__(self, *, limit, within=timedelta(hours=1)):
        self.limit, self.within = limit, within
        self.wrong, self.lock = OrderedDict(), threading.Lock()

    def too_many(self, address, *, at):
        with self.lock:
            return len(self._lately(address, at)) >= self.limit

    def count(self, address, *, at):
        with self.lock:
            lately = self._lately(address, at)
            lately.append(at)
            self.wrong[address] = lately
            self.wrong.move_to_end(address)
            while len(self.wrong) > MOST_ADDRESSES:
                self.wrong.popitem(last=False)

    def _lately(self, address, at):
        tries = self.wrong.get(address, deque(maxlen=self.limit))
        while tries and tries[0] <= at - self.within:
            tries.popleft()
        return tries
