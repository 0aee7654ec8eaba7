"""Migrations say what the models say, and lead a fresh database all the way."""

import os
import subprocess
import sys
from io import StringIO
from urllib.parse import quote

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@pytest.mark.django_db
def test_models_and_migrations_agree():
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes" in out.getvalue()


@pytest.mark.django_db
def test_a_fresh_database_is_led_to_the_end():
    """The test's own database was made from nothing by these migrations; nothing is left to do."""
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    applied = {app for app, _name in executor.loader.applied_migrations}
    assert {"referrals", "content", "account", "sessions"} <= applied


@pytest.mark.django_db
def test_the_database_holds_every_trigger():
    out = StringIO()
    call_command("pgtrigger", "ls", stdout=out)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%' AND tgenabled = 'O'")
        declared = [each for model in apps.get_models() for each in getattr(model._meta, "triggers", ())]
        assert cursor.fetchone()[0] == len(declared) >= 10


# --- R42: data of the release before comes along -------------------------------------------------------

BEFORE = """
    INSERT INTO referrals_person (key, email, name, phone, zone, is_active, is_staff, is_superuser, joined_at, password)
    VALUES (gen_random_uuid(), 'ana@b.example', 'Ana', '', '', true, false, false, now(), '');
    INSERT INTO referrals_case (reference, clinic_id, patient_id, status, situation, subject, subject_name, subject_sex,
        authority, located_in, wish, story, symptoms_since, tried, was_normal, matters_most, trust_reason,
        no_decision_date, may_contact_first_doctor, cover, cover_note, unfinished, emergency, disclaimer_version,
        consented_at, urgency, urgency_reason, urgency_set_at, clinic_note, created_at, edited_at, submitted_at,
        accepted_at)
    SELECT 'SO-2222-3333', c.id, p.id, 'routing', 'surgery', 'self', 'Ana', '', '', '', '', '', '', '', '', '', '',
        false, false, '', '', '{}', 'none', '1', now(), 'routine', '', now(), '', now(), now(), now(), now()
    FROM referrals_clinic c, referrals_person p LIMIT 1;
    INSERT INTO referrals_record (key, case_id, added_by_id, added_at, name, size, sha256, kind, type, status, refusal,
        page_count, text, study, checked_at, attempts)
    SELECT gen_random_uuid(), c.id, c.patient_id, now(), kind, 5, repeat(substr(md5(kind), 1, 1), 64), kind, 'other',
        'ready', '', 1, '', '{}', now(), 0
    FROM referrals_case c, unnest(ARRAY['pdf', 'dicom']) kind;
    INSERT INTO referrals_recordpage (key, record_id, number, width, height)
    SELECT gen_random_uuid(), id, 1, 600, 800 FROM referrals_record;
"""


AN_INDEX = """
    INSERT INTO referrals_storedfile (key, wrapped_key, ring_key, size, made_at)
    VALUES ('00000000-0000-0000-0000-000000000007', '', 'a', 77, now());
    INSERT INTO referrals_letter (key, case_id, kind, content, written_at, status, file_key, size, sha256, attempts)
    SELECT gen_random_uuid(), id, 'pack', '{}', now(), 'ready', '00000000-0000-0000-0000-000000000007', 77, 'x', 1
    FROM referrals_case;
"""


@pytest.fixture
def old_database(django_db_setup):
    """A database of its own, as the migrations before 0003 left it, with a case that is at work."""
    found = settings.DATABASES["default"]
    address = f"postgres://{found['USER']}@/old?host={quote(found['HOST'], safe='')}"
    with psycopg.connect(
        dbname="postgres", user=found["USER"], host=found["HOST"], autocommit=True
    ) as server:
        server.execute("CREATE DATABASE old")
    migrate(address, "referrals", "0002")
    with psycopg.connect(dbname="old", user=found["USER"], host=found["HOST"], autocommit=True) as old:
        old.execute(BEFORE)
        yield address, old
    with psycopg.connect(
        dbname="postgres", user=found["USER"], host=found["HOST"], autocommit=True
    ) as server:
        server.execute("DROP DATABASE old")


def migrate(address, *arguments):
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", *arguments]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": address},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_r42_the_data_of_the_release_before_comes_along(old_database):
    address, old = old_database
    drawn = dict(old.execute("SELECT r.kind, p.key FROM referrals_recordpage p JOIN referrals_record r"
                             " ON r.id = p.record_id").fetchall())  # fmt: skip
    migrate(address, "referrals", "0003")
    old.execute(AN_INDEX)
    migrate(address)
    pictures = old.execute("SELECT key, scale, width, height FROM referrals_pagepicture").fetchall()
    assert pictures == [(drawn["pdf"], "normal", 600, 800)]
    kinds = dict(old.execute("SELECT kind, status FROM referrals_record").fetchall())
    assert kinds == {"pdf": "ready", "dicom": "received"}  # the study is looked at once more, and joined
    assert old.execute("SELECT complete_at = accepted_at FROM referrals_case").fetchone() == (True,)
    left = "SELECT (SELECT count(*) FROM referrals_letter), (SELECT count(*) FROM referrals_storedfile WHERE size = 77)"
    assert old.execute(left).fetchone() == (0, 0)  # a pack was a letter, and can be made again
