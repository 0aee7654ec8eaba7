"""Migrations say what the models say, and lead a fresh database all the way."""

from io import StringIO

import pytest
from django.apps import apps
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
