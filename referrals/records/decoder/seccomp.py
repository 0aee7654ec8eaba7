"""The last wall: the kernel refuses a child whatever it has no need of (seccomp).

Open files, sockets, other processes and the kernel's own affairs: none of it, in any container and for any user.
What is needed was opened or loaded by the parent; a child is left with its socket, its memory and the clock.
"""

import ctypes
import platform
import struct

PR_SET_SECCOMP, FILTER = 22, 2
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000  # REFUSE bears the error
EPERM, EACCES, ENOSYS = 1, 13, 38
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16  # where they stand in what the kernel shows us
LOAD, EQUAL, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
CLONE_THREAD = 0x00010000
X32 = 0x40000000  # another numbering of x86_64's
# name: (x86_64, aarch64)
REFUSED = {
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "bind": (49, 200), "listen": (50, 201),
    "socketpair": (53, 199), "accept4": (288, 242),
    "open": (2, None), "creat": (85, None), "openat": (257, 56), "openat2": (437, 437),
    "open_by_handle_at": (304, 265), "memfd_create": (319, 279),
    "truncate": (76, 45), "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276),
    "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "link": (86, None), "linkat": (265, 37),
    "unlink": (87, None), "unlinkat": (263, 35), "symlink": (88, None), "symlinkat": (266, 36),
    "chmod": (90, None), "fchmodat": (268, 53), "chown": (92, None), "lchown": (94, None), "fchownat": (260, 54),
    "mknod": (133, None), "mknodat": (259, 33), "mount": (165, 40), "umount2": (166, 39), "chroot": (161, 51),
    "pivot_root": (155, 41), "setxattr": (188, 5), "utimensat": (280, 88),
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None), "clone3": (435, 435),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kill": (62, 129),
    "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "unshare": (272, 97), "setns": (308, 268), "setpriority": (141, 140),
    "prlimit64": (302, 261), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "io_uring_setup": (425, 425),
    "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104), "reboot": (169, 142),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190),
}  # fmt: skip
ERRORS = {
    "open": EACCES,
    "openat": EACCES,
    "openat2": ENOSYS,
    "clone3": ENOSYS,
}  # ENOSYS: the older call is taken
MACHINES = {"x86_64": (0, 0xC000003E, 56), "aarch64": (1, 0xC00000B7, 220)}  # column, its mark, `clone`


def close(libc):
    """False where this machine's numbers aren't known; no new rights were set before."""
    if platform.machine() not in MACHINES:
        return False
    program = b"".join(_program(*MACHINES[platform.machine()]))
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    return libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.c_char_p(header), 0, 0) == 0


def _program(column, mark, clone):
    yield _do(LOAD, ARCH)
    yield _do(EQUAL, mark, 1, 0)
    yield _do(RETURN, KILL)
    yield _do(LOAD, NUMBER)
    if column == 0:
        yield _do(AT_LEAST, X32, 0, 1)
        yield _do(RETURN, KILL)
    for name, numbers in REFUSED.items():
        if numbers[column] is not None:
            yield _do(EQUAL, numbers[column], 0, 1)
            yield _do(RETURN, REFUSE | ERRORS.get(name, EPERM))
    yield _do(EQUAL, clone, 0, 4)  # threads, yes; processes, no
    yield _do(LOAD, FIRST_ARGUMENT)
    yield _do(AND, CLONE_THREAD)
    yield _do(EQUAL, CLONE_THREAD, 1, 0)
    yield _do(RETURN, REFUSE | EPERM)
    yield _do(RETURN, ALLOW)


def _do(code, value, if_true=0, if_false=0):
    return struct.pack("HBBI", code, if_true, if_false, value)
