"""The tests' own servers."""

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_application_is_no_superuser_on_postgresql_18():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, current_setting('server_version_num') FROM pg_roles WHERE rolname = current_user"
        )
        superuser, version = cursor.fetchone()
    assert not superuser
    assert version.startswith("18")


def test_cache_is_a_real_valkey():
    cache.set("there", [1, "two"])
    assert cache.get("there") == [1, "two"]
    assert cache._cache.get_client().info("server")["server_name"] == "valkey"
