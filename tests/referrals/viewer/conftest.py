"""A case that is read, with records whose pages say something."""

import pytest
from django.test import Client

from referrals.models import RecordPage
from tests import build
from tests.referrals.opinion.writing import read_now
from tests.referrals.records import samples

# A page's words as the decoder gives them: [x, y, width, height, word].
WORDS = [
    [100, 100, 80, 20, "Moderate"], [190, 100, 90, 20, "narrowing"], [290, 100, 20, 20, "of"],
    [320, 100, 60, 20, "the"], [390, 100, 90, 20, "canal."], [100, 200, 90, 20, "Übelkeit"],
]  # fmt: skip


@pytest.fixture(autouse=True)
def storage_dir(settings, tmp_path):
    settings.RECORDS_DIR = str(tmp_path / "records")
    return tmp_path / "records"


@pytest.fixture
def case(ana, tess, dr_vega):
    return read_now(ana, tess, dr_vega)


@pytest.fixture
def sign_in():
    def client_of(person, **options):
        client = Client(**options)
        client.force_login(person)
        return client

    return client_of


@pytest.fixture
def vega(sign_in, dr_vega):
    return sign_in(dr_vega)


def make_pages(record, count=1, words=WORDS):
    """Rows of pages, as a check leaves them, without pictures."""
    record.page_count = count
    record.save(update_fields=["page_count"])
    return RecordPage.objects.bulk_create(
        RecordPage(
            record=record,
            number=number,
            width=900,
            height=1200,
            words=words if number == 1 else [],
            text=" ".join(word[4] for word in words) if number == 1 else f"Page {number} says nothing",
        )  # fmt: skip
        for number in range(1, count + 1)
    )


@pytest.fixture
def report(case):
    record = build.make_record(case, name="MRI report.pdf", now=build.real_now(), type="imaging_report")
    make_pages(record, 3)
    return record


@pytest.fixture
def letter(case):
    """With its bytes: what wants to be drawn can be drawn."""
    record = samples.store(
        case, samples.pdf(6), "letter.pdf", kind="pdf", status="ready", checked_at=build.real_now(), page_count=6
    )  # fmt: skip
    make_pages(record, 6, words=[])
    return record
