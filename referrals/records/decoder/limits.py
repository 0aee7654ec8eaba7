"""What a look into a file may cost, and the walls around the process that looks."""

import ctypes
import os
import resource

MIB = 1024**2
MEMORY = 512 * MIB
SECONDS = 30
FILE = 256 * MIB

MOST_PIXELS = 50_000_000  # of a picture that must be unpacked whole
MOST_PIXELS_SCALED = 250_000_000  # of a JPEG, which is unpacked at a fraction of its size
MOST_PAGES = 300  # turned into pictures; the rest is counted
MOST_TEXT = 1_000_000  # characters
LONGEST_SIDE = 2400  # of a page made from a picture
DOTS_PER_INCH = 110

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
SIGKILL = 9


def close_the_walls():
    """Limits first, then no network, no new rights, and an end when the worker ends."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(CLONE_NEWNET):
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # where even that is refused the other walls hold
    os.nice(5)
