"""A storage of each test's own, on real disk and real rows."""

import io

import pytest

from referrals import storage


@pytest.fixture(autouse=True)
def storage_dir(settings, tmp_path):
    settings.RECORDS_DIR = str(tmp_path / "records")
    return tmp_path / "records"


@pytest.fixture
def put():
    def of(body, **options):
        return storage.put(io.BytesIO(body), **options)

    return of


@pytest.fixture
def files(storage_dir):
    """What lies in the storage at the moment."""
    return lambda: sorted(path for path in storage_dir.rglob("*") if path.is_file())
