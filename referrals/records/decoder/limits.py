"""What a look into a file may cost, and the walls around the process that looks."""

import contextlib
import ctypes
import os
import platform
import resource
from typing import NamedTuple

from referrals.records.decoder import seccomp

MIB = 1024**2
MEMORY = 512 * MIB
SECONDS = 30

MOST_PIXELS = 50_000_000  # of a picture that must be unpacked whole
MOST_PIXELS_SCALED = 250_000_000  # of a JPEG, which is unpacked at a fraction of its size
LONGEST_SIDE = 65_535  # in pixels: what JPEG can say
MOST_MEMBERS = 20_000  # in a packed folder
MOST_CARRIED = 5000  # files inside a document, for the virus check
MOST_PAGES = 5000  # that can be looked at; the rest is counted
MOST_TEXT = 1_000_000  # characters
MOST_CHARACTERS = 40_000  # of one page
MOST_WORDS = 4000  # of one page, with their boxes


class Scale(NamedTuple):
    """How large a page is drawn: dots per inch where it has inches, and the longest side in pixels."""

    dots: int
    longest: int
    quality: int


SCALES = {
    "thumb": Scale(14, 170, 70), "normal": Scale(110, 1800, 82), "sharp": Scale(220, 4500, 80),
    "print": Scale(200, 2200, 80),
}  # fmt: skip

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
SIGKILL = 9
libc = ctypes.CDLL(None, use_errno=True)


def leave_the_network():
    """Once, in the parent. Where even a namespace of its own is refused, the children's walls must do."""
    if libc.unshare(CLONE_NEWNET):
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with contextlib.suppress(OSError):  # when memory runs out it is us who go
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("900")
    os.nice(5)


def die_with(parent):
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def close_the_walls(seconds=SECONDS, memory=MEMORY):
    """So much more memory than the parent's libraries take, so many seconds, no files, no dump, no network."""
    hold(seconds, _mapped() + memory)
    if not seccomp.close(libc) and platform.machine() in seccomp.MACHINES:
        os._exit(1)


def hold(seconds, memory):
    """The limits alone: for a program of its own, which must still open its files."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _mapped():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
