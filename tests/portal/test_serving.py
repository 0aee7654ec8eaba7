"""Who sends slowly, or half of it, holds up nobody else: against gunicorn as it runs, with few threads."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.embedded.process import dies_with_us, wait_until
from portal.serving import ORDINARY, Coming, Line

MANY = 12  # connections, to four threads
HOST = b"Host: 127.0.0.1\r\n"
LONG = b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000000\r\n\r\n--x\r\n"


@pytest.fixture(scope="module")
def port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        number = listening.getsockname()[1]
        env = dict(os.environ) | {
            "GUNICORN_BIND": f"fd://{listening.fileno()}", "WEB_WORKERS": "1", "WEB_THREADS": "4",
            "PUBLIC_URL": f"http://127.0.0.1:{number}",
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:portal.gunicorn"],
            env=env, pass_fds=[listening.fileno()], preexec_fn=dies_with_us(signal.SIGTERM),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert wait_until(lambda: answers(number), 60, 0.2)
        yield number
        process.terminate()
        process.wait(30)


def answers(port):
    """Whatever it says, without a database."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/health/")
        return line.getresponse().status > 0
    except OSError:
        return False
    finally:
        line.close()


def connected(port, sent):
    sock = socket.create_connection(("127.0.0.1", port), timeout=10)
    sock.sendall(sent)
    return sock


HALVES = {
    "nothing": b"",
    "a line": b"POST /accounts/login/ HTT",
    "a head": b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: ",
    "a form": b"POST /accounts/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: 2000\r\n\r\nlogin=",
    "a file": b"POST /records/SO-1111-2222/add/ HTTP/1.1\r\nCookie: csrftoken="
    + b"b" * 32
    + b"\r\n"
    + HOST
    + LONG,
    "parts": b"POST /accounts/login/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nlogin",
}


@pytest.mark.parametrize("sent", HALVES.values(), ids=HALVES)
def test_f28_who_sends_half_holds_no_thread_that_pages_need(port, sent):
    socks = [connected(port, sent) for _ in range(MANY)]
    try:
        time.sleep(0.3)
        assert all(answers(port) for _ in range(5))
        for sock in socks:
            sock.sendall(b"a" if sent else b"")
        assert all(answers(port) for _ in range(5))
    finally:
        for sock in socks:
            sock.close()


def test_a_request_in_small_bits_is_answered(port):
    body = b"login=" + b"a" * 40
    whole = b"GET /health/?of=database HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with connected(port, b"") as sock:
        for at in range(0, len(whole), 7):
            sock.sendall(whole[at : at + 7])
            time.sleep(0.01)
        assert sock.recv(100).startswith(b"HTTP/1.1 ")


def test_one_connection_serves_several(port):
    line, own = http.client.HTTPConnection("127.0.0.1", port, timeout=10), None
    for body in (None, b"x" * 100, None, b"x" * (ORDINARY + 1)):
        line.request("POST" if body else "GET", "/health/", body)
        line.getresponse().read()
        own = own or line.sock.getsockname()
        assert line.sock.getsockname() == own


def test_two_requests_at_once_are_answered_one_after_the_other(port):
    one = b"GET /health/ HTTP/1.1\r\n" + HOST + b"\r\n"
    with connected(port, one + one + one[:10]) as sock:
        came = answered(sock, b"", 2)
        sock.sendall(one[10:])
        assert answered(sock, came, 3).count(b"HTTP/1.1 ") == 3


def answered(sock, came, count):
    """All that came, once it is so many answers."""
    while came.count(b"HTTP/1.1 ") < count:
        piece = sock.recv(10_000)
        assert piece, "the line was cut"
        came += piece
    return came


BROKEN = {
    "400": b"GET / HTTP/1.1\r\nMy secret: words\r\n\r\n",
    "414": b"GET /" + b"secret" * 2000 + b" HTTP/1.1\r\n\r\n",
    "431": b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"secret" * 2000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("status", BROKEN)
def test_s17_s21_what_cannot_be_read_is_answered_closed_and_unquoted(port, status):
    with connected(port, BROKEN[status]) as sock:
        answer = b"".join(iter(lambda: sock.recv(10_000), b"")).decode()
    head, _empty, body = answer.partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    for header in (
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
        "Content-Security-Policy: default-src",
    ):
        assert header in head
    assert "ecret" not in answer and int(head.partition("Content-Length: ")[2].split()[0]) == len(body)


def test_f28_a_file_sent_to_a_page_that_takes_none_is_not_read(client, db):
    file = SimpleUploadedFile("a.bin", bytes(3 * 1024**2))
    answer = client.post("/accounts/login/", {"login": "a", "file": file})
    assert answer.status_code < 500 and not answer.wsgi_request.FILES


# --- the parts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces, is_long", [
    ([b"GET / HTTP/1.1\r\n\r", b"\n"], False),
    ([b"POST / HTTP/1.1\r\ncontent-LENGTH:  3\r\n\r\n", b"ab", b"c"], False),
    ([b"POST / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n"], True),
    ([b"POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"], True),
    ([b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"], True),
    ([b"x" * ORDINARY, b"x"], True),
])  # fmt: skip
def test_a_thread_gets_what_is_here_or_too_long_to_collect(pieces, is_long):
    coming = Coming()
    assert [coming.add(piece) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert coming.is_long == is_long


def test_patience_goes_with_waiting_and_comes_back_with_bytes(monkeypatch):
    ours, theirs = socket.socketpair()
    with Line(fileno=ours.detach()) as line, theirs:
        line.patience = 0.2
        theirs.sendall(b"a" * 1024)
        assert line.recv(2048) == b"a" * 1024 and 1 < line.patience < 1.3
        line.patience = 0.2
        with pytest.raises(ConnectionResetError):
            while True:
                theirs.sendall(b"a")
                line.recv(100)
                time.sleep(0.05)
                line.patience -= 0.05  # as if it had been waited for
        assert line.gettimeout() is None
