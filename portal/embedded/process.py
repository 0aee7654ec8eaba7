"""Starting a server as somebody it accepts to be, so that it never outlives us."""

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
INSIDE = 1000  # who root seems to be inside a user namespace of its own
NOBODY = 65534
UNREACHABLE_HOME = Path("/var/lib")  # where `nobody` keeps what it can't reach where it belongs


class CannotStart(Exception):
    """A server can't be started; the sentence says why and what to do."""


def dies_with_us(how: signal.Signals = signal.SIGTERM, first=None):
    """What a child does before it becomes the program: `first`, then ask to be told when we die.

    The order matters: a new user namespace forgets the request. It counts from the thread that
    starts the child, so children are started from the main thread.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def before_exec():
        if first:
            first()
        if libc:
            libc.prctl(PR_SET_PDEATHSIG, int(how))
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def enter_user_namespace():
    """Root becomes an ordinary user in a namespace of its own; its files stay root's."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, words in (
        ("setgroups", "deny"),
        ("uid_map", f"{INSIDE} {uid} 1"),
        ("gid_map", f"{INSIDE} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(words)


def namespaces_work() -> bool:
    """Containers often refuse user namespaces. PORTAL_NO_USER_NAMESPACE=1 refuses them too."""
    if os.environ.get("PORTAL_NO_USER_NAMESPACE") == "1" or sys.platform != "linux":
        return False
    try:
        subprocess.run(["true"], preexec_fn=enter_user_namespace, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


class Ourselves:
    """An ordinary user runs the server as itself."""

    uid, gid = os.geteuid(), os.getegid()
    first = None
    popen = {}

    def place(self, path: Path) -> Path:
        """Where `path` lies for this user."""
        return path

    def program(self, binary: Path) -> Path:
        return binary


class RootInNamespace(Ourselves):
    """Root, seen by the server as an ordinary user."""

    first = staticmethod(enter_user_namespace)


class Nobody(Ourselves):
    """Root where namespaces are refused: the server runs as `nobody`.

    What `nobody` can't reach (say, below /root) is put where it can.
    """

    uid, gid = NOBODY, NOBODY
    popen = {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def __init__(self, home: Path):
        self.home = UNREACHABLE_HOME / f"second-opinion-{short_hash(home)}"

    def place(self, path: Path) -> Path:
        if open_to_all(path.parent):
            return path
        self.home.mkdir(mode=0o711, exist_ok=True)
        print(f"The user `nobody` can't reach {path}; it is kept in {self.home} instead.", flush=True)
        return self.home / path.name

    def program(self, binary: Path) -> Path:
        if open_to_all(binary.parent):
            return binary
        install = binary.parent.parent
        copy = self.home / f"programs-{short_hash(install)}-{int(install.stat().st_mtime)}"
        if not copy.exists():
            self.home.mkdir(mode=0o711, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(dir=self.home))
            shutil.copytree(install, unfinished, symlinks=True, dirs_exist_ok=True)
            unfinished.chmod(0o755)
            unfinished.rename(copy)
        return copy / binary.parent.name / binary.name


def runner(home: Path) -> Ourselves:
    """Who runs a server that refuses to be root."""
    if os.geteuid() != 0:
        return Ourselves()
    return RootInNamespace() if namespaces_work() else Nobody(home)


def open_to_all(directory: Path) -> bool:
    directory = directory.resolve()
    return all(d.stat().st_mode & stat.S_IXOTH for d in (directory, *directory.parents))


def give_to(path: Path, uid: int, gid: int) -> None:
    """Files left by another way of running the server become this one's."""
    if path.exists() and path.stat().st_uid != uid:
        if os.geteuid() != 0:
            raise CannotStart(
                f"{path} belongs to {owner(path)}. Start the portal as that user, "
                "or choose another PORTAL_HOME."
            )
        for root, directories, files in os.walk(path):
            for name in (".", *directories, *files):
                os.chown(os.path.join(root, name), uid, gid, follow_symlinks=False)


def owner(path: Path) -> str:
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def short_hash(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]


def socket_directory(belongs_to: Path, who: Ourselves) -> Path:
    """A private directory with a short name: a socket's path has room for 107 characters."""
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere")
    ours = base.is_dir() and os.access(base, os.W_OK) and len(str(base)) < 60
    if not ours or isinstance(who, Nobody):
        base = Path("/tmp")
    directory = base / f"so-{short_hash(belongs_to)}"
    try:
        directory.mkdir(mode=0o700)
        os.chown(directory, who.uid, who.gid)
    except FileExistsError:
        found = directory.lstat()
        trusted = {os.geteuid(), who.uid} | ({NOBODY} if os.geteuid() == 0 else set())
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in trusted:
            raise CannotStart(
                f"{directory} is in the way and isn't ours. Remove it and start again."
            ) from None
        if found.st_uid != who.uid:
            os.chown(directory, who.uid, who.gid)
        directory.chmod(0o700)
    return directory


def wait_until(done, seconds: float, pause: float = 0.02) -> bool:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected doesn't."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return sys.platform != "linux"


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if sys.platform == "linux":
            return ""
        return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True).stdout.decode()
