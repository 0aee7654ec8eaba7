"""The body of a request as it comes off the line, into one buffer that is used again and again.

gunicorn hands a body out through several copies, which costs a fast upload more than its encryption does. Where
its parts are as we know them, the bytes are received straight into our buffer and told off from what it still
expects; everywhere else this is `request.read`.
"""

import socket

from django.http.request import UnreadablePostError

SILENCE = 20  # seconds without a byte, then whoever comes back may go on


def stop_listening(request):
    """No thread waits for the rest of a body that nobody takes: after the answer the connection ends."""
    if connection := request.META.get("gunicorn.socket"):
        connection.shutdown(socket.SHUT_RD)


class Body:
    """`into(view)` fills up to all of a buffer and returns how many bytes came: 0 at the end, or where it broke off.

    A line that has died says nothing: without the patience set here a thread would wait for it for hours.
    """

    def __init__(self, request, length):
        self.request, self.left = request, length
        self.socket = request.META.get("gunicorn.socket")
        self.reader = self._straight() if self.socket is not None else None

    def __enter__(self):
        if self.socket is not None:
            self.before = self.socket.gettimeout()
            self.socket.settimeout(SILENCE)
        return self

    def __exit__(self, *_):
        if self.socket is not None:
            self.socket.settimeout(self.before)

    def into(self, view):
        view = view[: min(len(view), self.left)]
        if not view:
            return 0
        try:
            came = self._receive(view) if self.reader else self._read(view)
        except (UnreadablePostError, OSError):
            came = 0
        if not came and self.reader:  # where the next request would begin on this connection is unknown
            self.request.environ["wsgi.input"].failed = True
        self.left -= came
        return came

    def _straight(self):
        """gunicorn's reader of a body of known length, if nothing of it has been read yet."""
        body = self.request.environ.get("wsgi.input")
        reader = getattr(body, "reader", None)
        unreader = getattr(reader, "unreader", None)
        is_known = (
            getattr(reader, "length", None) == self.left
            and hasattr(body, "failed")
            and hasattr(unreader, "take_buffered")
            and getattr(unreader, "sock", None) is self.socket
            and not body.buf.tell()
        )
        return reader if is_known else None

    def _receive(self, view):
        unreader = self.reader.unreader
        if held := unreader.take_buffered():  # came along with the headers
            came = min(len(held), len(view))
            view[:came] = held[:came]
            unreader.unread(held[came:])
        else:
            came = self.socket.recv_into(view)
        self.reader.length -= came
        return came

    def _read(self, view):
        piece = self.request.read(len(view))
        view[: len(piece)] = piece
        return len(piece)
