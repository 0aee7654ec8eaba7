"""The parent: its standard input is a socket over which a worker asks for children, by number.

S5 with a socket: fork child 5 and let it serve there. K5: child 5 is no longer needed, dead or alive.
"""

import gc
import os
import signal
import socket

from referrals.records.decoder import child, limits, rehearsal

LONGEST = 64


def main():
    limits.leave_the_network()
    rehearsal.rehearse()
    gc.collect()
    gc.freeze()  # so that a child's collector leaves what is shared alone
    control = socket.socket(fileno=0)
    control.send(b"ready")
    children = {}
    while True:
        words, handles, _flags, _address = socket.recv_fds(control, LONGEST, 1)
        if not words:  # the worker is gone; the children go with us
            return
        number = int(words[1:])
        if words[:1] == b"S":
            children[number] = _start(control, *handles)
        elif pid := children.pop(number, None):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)  # until here the number is this child's, whether it ended by itself or not


def _start(control, handle):
    ours = os.getpid()
    pid = os.fork()
    if pid:
        os.close(handle)
        return pid
    try:
        limits.die_with(ours)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2):
            os.dup2(nowhere, each)
        os.close(nowhere)
        control.detach()
        child.serve(socket.socket(fileno=handle))
    finally:
        os._exit(1)  # the worker has what it was told; there is nothing to tidy


if __name__ == "__main__":
    main()
