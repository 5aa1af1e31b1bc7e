"""A file that opens only with our data keys, and says so when a byte of it is missing, moved or changed.

AES-256-GCM over parts of one megabyte, as in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce of a part
is its number and whether it is the last one, so parts cannot be dropped, doubled, swapped or cut off at the end. Each
file has a key of its own, made from the data key that seals today (its number and a salt stand at the beginning), so
the key sheet that opens the columns opens the file around them, and nothing else does.
"""

import io
import secrets
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MARK = b"MLMC-BACKUP-1\n"
SALT, PART, TAG = 16, 1 << 20, 16


class CannotRead(Exception):
    """This is no whole backup of ours. The message is fit for the user, and names no key."""


class OtherKey(CannotRead):
    """It was sealed with a key that is not among these, or its very beginning is damaged."""

    def __init__(self, words, number):
        super().__init__(words)
        self.number = number


def _own_key(key, salt):
    return HKDF(SHA256(), length=32, salt=salt, info=b"one backup file").derive(key)


def _nonce(number, last):
    return number.to_bytes(11, "big") + bytes([last])


class Sealing:
    """Write bytes into it; they are squeezed and sealed into `file` with the first key of `ring` ({number: 32 bytes}).
    Nothing opens until `finish` was called."""

    def __init__(self, file, ring, *, mark=MARK, bound_to=b""):
        self.sealed_as = mark + bound_to
        salt, (number, key) = secrets.token_bytes(SALT), next(iter(ring.items()))
        self.file, self.cipher, self.number = file, AESGCM(_own_key(key, salt)), 0
        self.squeeze, self.waiting = zlib.compressobj(1), bytearray()
        file.write(mark + bytes([number]) + salt)

    def write(self, data):
        self.waiting += self.squeeze.compress(data)
        while len(self.waiting) > PART:  # the last part is told apart, so one always waits
            self._part(PART, last=False)
        return len(data)

    def finish(self):
        self.waiting += self.squeeze.flush()
        while len(self.waiting) > PART:
            self._part(PART, last=False)
        self._part(len(self.waiting), last=True)

    def _part(self, size, *, last):
        self.file.write(self.cipher.encrypt(_nonce(self.number, last), bytes(self.waiting[:size]), self.sealed_as))
        del self.waiting[:size]
        self.number += 1


def begin(file, *, mark=MARK):
    """What stands before the first seal: (the number of the key that opens it, the salt, the first part). It takes no
    key to see that a file is something else."""
    head, first = file.read(len(mark) + 1 + SALT), file.read(PART + TAG)
    if not head:
        raise CannotRead("This file is empty.")
    if head[: len(mark)] != mark or len(head) < len(mark) + 1 + SALT:
        raise CannotRead("This file is no backup of this program, or its beginning is damaged.")
    if len(first) <= TAG:
        raise CannotRead("This file is cut short: there is nothing behind its beginning.")
    return head[len(mark)], head[len(mark) + 1 :], first


class Opening(io.RawIOBase):
    """Reads what Sealing wrote. CannotRead as soon as something is not what it was."""

    def __init__(self, file, ring, *, mark=MARK, bound_to=b""):
        self.sealed_as = mark + bound_to
        number, salt, self.ahead = begin(file, mark=mark)
        if number not in ring:
            words = f"This backup needs key {number} of a key sheet, which is not in MLMC_DATA_KEYS."
            raise OtherKey(words, number)
        self.key_number, self.file, self.key, self.number = number, file, _own_key(ring[number], salt), 0
        self.cipher = AESGCM(self.key)
        self.stretch, self.open, self.ended = zlib.decompressobj(), b"", False
        self.last = False

    def readable(self):
        return True

    def readinto(self, buffer):
        while not self.open and not self.ended:
            self._part()
        taken = self.open[: len(buffer)]
        buffer[: len(taken)] = taken
        self.open = self.open[len(taken) :]
        return len(taken)

    def _part(self):
        if self.stretch.unconsumed_tail:
            return self._stretch(self.stretch.unconsumed_tail)
        sealed, self.ahead = self.ahead, self.file.read(PART + TAG)
        last = not self.ahead
        try:
            squeezed = self.cipher.decrypt(_nonce(self.number, last), sealed, self.sealed_as)
        except (InvalidTag, ValueError):
            raise self._why(sealed, last) from None
        self.number, self.last = self.number + 1, last
        return self._stretch(squeezed)

    def _stretch(self, squeezed):
        """A megabyte at a time, however far a part would stretch."""
        self.open = self.stretch.decompress(squeezed, PART)
        if self.last and not self.stretch.unconsumed_tail:
            self.open, self.ended = self.open + self.stretch.flush(), True

    def _why(self, sealed, last):
        if self.number == 0 and not self._begins_as_ours(sealed):
            words = f"Key {self.key_number} does not open this backup: it is another key, or the file is damaged."
            return OtherKey(words, self.key_number)
        cut, damaged = "This backup is cut short.", f"This backup is damaged in its megabyte {self.number + 1}."
        if self.number == 0 and last:  # of a file this small nothing tells one from the other
            return CannotRead("The key is right, but the file is cut short or damaged.")
        return CannotRead(cut if last else damaged)

    def _begins_as_ours(self, sealed):
        """Whether the key is right though the seal is broken, so that nobody types a right sheet again. Of what no
        seal vouches for one letter is looked at: every backup begins with the same."""
        for last in (True, False):
            counter = _nonce(0, last) + (2).to_bytes(4, "big")  # where GCM begins to count
            opened = Cipher(algorithms.AES(self.key), modes.CTR(counter)).decryptor().update(sealed)
            try:
                if zlib.decompressobj().decompress(opened, 1) == b"{":
                    return True
            except zlib.error:
                continue
        return False
