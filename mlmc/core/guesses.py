"""Wrong private links, counted by address in the memory of this process: opening a link is a GET, and writes nothing.

A link has far more than 2^128 possibilities, so this wins nothing against chance. It stops the noise, and it holds
while neither queue nor database answers.
"""

import ipaddress
import threading
from collections import OrderedDict, deque
from datetime import timedelta

MOST_ADDRESSES = 10_000  # those longest quiet are forgotten first


def network(address):
    """Whom an address belongs to: of IPv6 everybody has 2^64 of them. What is no address is taken as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


class Guesses:
    def __init__(self, *, limit, within=timedelta(hours=1)):
        self.limit, self.within = limit, within
        self.wrong, self.lock = OrderedDict(), threading.Lock()

    def too_many(self, address, *, at):
        with self.lock:
            return len(self._lately(network(address), at)) >= self.limit

    def count(self, address, *, at):
        address = network(address)
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
