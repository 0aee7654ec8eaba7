import pytest

from referrals.models import AuditEvent, RecordReading
from referrals.rules import audit, reading
from referrals.vocabulary import Act
from tests import build


@pytest.fixture
def record(ana):
    return build.make_record(build.make_case(ana))


def test_opening_is_written_down_and_the_first_moment_stays(record, tess):
    reading.note_opening(record=record, by=tess, now=build.NOW)
    reading.note_opening(record=record, by=tess, now=build.later(hours=1), page=3)
    kept = RecordReading.objects.get()
    assert (kept.first_at, kept.last_at, kept.last_page) == (build.NOW, build.later(hours=1), 3)
    events = AuditEvent.objects.filter(act=Act.OPEN_RECORD)
    assert events.count() == 2
    assert set(events.values_list("subject_key", "person_id", "case_reference")) == {
        (str(record.key), tess.pk, record.case.reference)
    }


def test_each_reader_has_a_place_of_their_own(record, ana, tess):
    reading.note_opening(record=record, by=ana, now=build.NOW, page=2)
    reading.note_opening(record=record, by=tess, now=build.NOW)
    assert dict(record.readings.values_list("person_id", "last_page")) == {ana.pk: 2, tess.pk: 1}


def test_without_its_audit_event_nothing_is_kept(record, ana, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(RuntimeError):
        reading.note_opening(record=record, by=ana, now=build.NOW)
    assert not RecordReading.objects.exists()
