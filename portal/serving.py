"""How requests come off the line: no thread waits for whoever sends slowly.

The loop that listens collects a request until its head, and a form of ordinary size with it, is here, and gives it
to a thread then. What is larger (files) is read by a thread while it comes, in so many places that other threads
are left for pages; and waiting for it has an end (`Line`).
"""

import errno
import re
import selectors
import socket
import struct
import time
from collections import deque
from functools import partial

from gunicorn import util
from gunicorn.workers.gthread import TConn, ThreadWorker

PATIENCE = 20  # seconds for a request to be here, and without a byte of a file
LEAST = 1024  # bytes a second of a file, or patience runs out
ORDINARY = 64 * 1024  # bytes of a request that is collected
QUEUED = 60  # seconds that a file waits for a place
STUCK = struct.pack("ll", 30, 0)  # seconds in which somebody who fetches takes nothing
HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.I | re.M)
IN_PARTS = re.compile(rb"^(transfer-encoding|expect):", re.I | re.M)


class Line(socket.socket):
    """A connection on which patience is used up by waiting, and comes back with the bytes that come."""

    patience = PATIENCE

    def recv(self, *args):
        return self._in_time(super().recv, *args)

    def recv_into(self, *args):
        return self._in_time(super().recv_into, *args)

    def _in_time(self, receive, *args):
        before, began = self.gettimeout(), time.monotonic()
        if before == 0:  # the loop only asks what is here
            return receive(*args)
        try:
            if self.patience <= 0:
                raise TimeoutError
            self.settimeout(min(self.patience, before or PATIENCE))
            came = receive(*args)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "too slow") from None
        finally:
            self.settimeout(before)
        size = came if isinstance(came, int) else len(came)
        self.patience = min(self.patience - (time.monotonic() - began) + size / LEAST, PATIENCE)
        return came


class Coming:
    """A request while it is collected."""

    def __init__(self):
        self.bytes, self.wanted, self.is_long = bytearray(), None, False

    def add(self, piece):
        """Whether a thread may have it now."""
        seen = max(len(self.bytes) - len(HEAD_END), 0)
        self.bytes += piece
        if self.wanted is None and (end := self.bytes.find(HEAD_END, seen)) >= 0:
            self._read_head(bytes(self.bytes[: end + 2]), end + len(HEAD_END))
        if self.wanted is None:
            self.is_long = len(self.bytes) > ORDINARY
        return self.is_long or (self.wanted is not None and len(self.bytes) >= self.wanted)

    def _read_head(self, head, size):
        """How much there will be; what is more than ordinary, or doesn't say so, comes while it is read."""
        length = LENGTH.search(head)
        self.wanted = size + (int(length[1]) if length else 0)
        too_much = self.wanted > max(len(self.bytes), ORDINARY)
        self.is_long = too_much or IN_PARTS.search(head) is not None


class Connection(TConn):
    def close(self, graceful=False):
        """At once: the loop waits for nobody, and its thread has waited for the other side (`Worker.handle`)."""
        util.close(self.sock)


class Worker(ThreadWorker):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = max(self.cfg.threads * 5 // 6, 1)
        self.queue = deque()  # files that wait for a place

    # --- collecting ---------------------------------------------------------------------------------

    def accept(self, listener):
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        line = Line(fileno=sock.detach())
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, STUCK)
        conn = Connection(self.cfg, line, address, listener.getsockname())
        conn.init()
        self._collect(conn)

    def on_client_socket_readable(self, conn, client):
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._collect(conn)

    def _collect(self, conn):
        conn.coming, conn.data_ready = Coming(), True
        if conn.coming.add(conn.parser.unreader.take_buffered()):  # came along with the request before
            self._start(conn)
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + PATIENCE
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._more, conn))

    def _more(self, conn, line):
        try:
            piece = line.recv(ORDINARY)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if piece and not conn.coming.add(piece):
            return
        self.poller.unregister(line)
        self.pending_conns.remove(conn)
        self._start(conn) if piece else self._drop(conn)

    def _drop(self, conn):
        self.nr_conns -= 1
        conn.close()

    # --- places -------------------------------------------------------------------------------------

    def _start(self, conn):
        if conn.coming.is_long and not self.places:
            conn.timeout = time.monotonic() + QUEUED
            self.queue.append(conn)
            return
        self.places -= conn.coming.is_long
        conn.sock.setblocking(True)
        conn.sock.patience = PATIENCE
        conn.parser.unreader.unread(bytes(conn.coming.bytes))
        conn.coming.bytes.clear()
        self.enqueue_req(conn)

    def enqueue_req(self, conn):
        """Also called where a part of the next request has come with this one."""
        super().enqueue_req(conn) if conn.coming else self._collect(conn)

    def handle(self, conn):
        """In its thread; what is over ends here, as the other side may take its time to see it."""
        goes_on = super().handle(conn)
        if not goes_on:
            util.close_graceful(conn.sock)
        return goes_on

    def finish_request(self, conn, fs):
        self.places += conn.coming.is_long
        conn.coming = None
        super().finish_request(conn, fs)
        if self.queue and self.places:
            self._start(self.queue.popleft())

    def murder_pending(self):
        super().murder_pending()
        while self.queue and self.queue[0].timeout < time.monotonic():
            self._drop(self.queue.popleft())

    def _cap_keepalive(self, deadline):
        """When it is to end: whoever has sent nothing whole yet is not waited for."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)


# --- what gunicorn answers by itself ------------------------------------------------------------------

ANSWER = (
    "HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
    "Content-Length: {length}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\r\n{body}"
)
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{reason}</title><h1>{reason}</h1></html>\n'
)


def write_error(sock, status, reason, _why):
    """Of a request that can't be read; closed as all pages are, and quoting nothing of it."""
    body = PAGE.format(reason=reason)
    answer = ANSWER.format(status=status, reason=reason, length=len(body), body=body)
    util.write_nonblock(sock, answer.encode("latin-1"))


util.write_error = write_error
