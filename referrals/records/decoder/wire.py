"""Messages on the socket between a decoder's child and the worker that asked: a letter, a length, a body.

The worker begins with JOB. The child asks for stretches of the original (READ, answered by DATA), hands out
what it made (BLOB, then PIECEs, then END, or CUT where it broke off), and closes with FACTS or REFUSED. It may
READ at any time.
"""

import socket
import struct
import time

JOB, READ, DATA, BLOB, PIECE, END, CUT, FACTS, REFUSED = (bytes([c]) for c in b"JRDBPECFX")
HEAD = struct.Struct("!cI")
STRETCH = struct.Struct("!QI")  # from where, how many bytes
LARGEST_PIECE = 1024**2


class Broken(Exception):
    """The other side is gone, too slow, or talks nonsense."""


class Line:
    """Our end of the socket. With `until` (a `time.monotonic`) nothing on it lasts longer."""

    def __init__(self, sock, until=None):
        self.sock, self.until = sock, until

    def send(self, letter, body=b""):
        try:
            self._set_time()
            self.sock.sendall(HEAD.pack(letter, len(body)) + body)
        except OSError as error:
            raise Broken from error

    def receive(self, most):
        """(letter, body), the body of `most` bytes at most."""
        letter, length = HEAD.unpack(self._exactly(HEAD.size))
        if length > most:
            raise Broken
        return letter, self._exactly(length)

    def _exactly(self, length):
        body = bytearray(length)
        left = memoryview(body)
        try:
            while left:
                self._set_time()
                count = self.sock.recv_into(left)
                if not count:
                    raise Broken
                left = left[count:]
        except OSError as error:
            raise Broken from error
        return bytes(body)

    def _set_time(self):
        if self.until is not None:
            left = self.until - time.monotonic()
            if left <= 0:
                raise Broken
            self.sock.settimeout(left)


def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
