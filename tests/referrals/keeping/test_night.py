"""What the night does: last days, warnings, deletions. R43: what is over goes, the audit stays."""

import datetime as dt
import io
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as live

from referrals import storage
from referrals.keeping import actions, papers
from referrals.models import AuditEvent, Erasure, LegalHold, Record, RetentionRule
from referrals.rules.roads import CASE
from referrals.rules.workflow import take
from tests.build import NOW, later, make_draft, make_source
from tests.referrals.records import samples


def files():
    return [path for path in Path(live.RECORDS_DIR).rglob("*") if path.is_file()]


def the_night(now):
    actions.set_last_days(now=now)
    return actions.delete_what_is_over(now=now)


def after(day):
    """The morning after a day, in Chicago."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(3), ZoneInfo("America/Chicago"))


def test_an_open_request_has_no_last_day(sent):
    assert the_night(later(days=20_000)) == 0
    assert sent.records.get().keep_until_on is None


def test_an_ended_one_has_the_clinics_and_is_deleted_after_it(ended, django_capture_on_commit_callbacks):
    RetentionRule.objects.create(clinic=ended.clinic, record_class="clinical", years=5, basis="NRS 629.051")
    record = ended.records.get()
    assert the_night(NOW) == 0
    record.refresh_from_db()
    assert record.keep_until_on == dt.date(2031, 11, 24)
    assert the_night(after(dt.date(2031, 11, 23))) == 0
    assert len(files()) == 3  # the letter and its two pages
    with django_capture_on_commit_callbacks(execute=True):
        assert the_night(after(dt.date(2031, 11, 24))) == 1
    assert not Record.objects.exists() and not files()
    certificate = Erasure.objects.get()
    assert (certificate.sha256, certificate.basis, certificate.by) == (record.sha256, "NRS 629.051", None)
    assert AuditEvent.objects.filter(act="erase_record", subject_key=str(record.key)).count() == 1


def test_night_after_night_one_certificate(ended):
    the_night(NOW)
    long_after = later(days=365 * 60)
    assert the_night(long_after) == 1
    assert the_night(long_after) == 0
    assert Erasure.objects.count() == 1


def test_what_was_never_sent_goes_when_it_can_no_longer_be_opened(ana, django_capture_on_commit_callbacks):
    case = make_draft(ana)
    samples.ready(case, samples.pdf())
    take(CASE, "lapse", case, by=None, now=NOW)
    the_night(NOW)
    assert case.records.get().keep_until_on == dt.date(2027, 2, 22)
    assert set(case.reminders.filter(rule="P22").values_list("step", flat=True)) == {"30d", "7d"}
    with django_capture_on_commit_callbacks(execute=True):
        assert the_night(after(dt.date(2027, 2, 22))) == 1
    assert not files()


def test_opened_again_it_has_no_last_day(ana):
    case = make_draft(ana)
    samples.ready(case, samples.pdf())
    take(CASE, "lapse", case, by=None, now=NOW)
    the_night(NOW)
    take(CASE, "reopen", case, by=ana, now=later(days=80))
    assert the_night(later(days=100)) == 0
    assert case.records.get().keep_until_on is None
    assert not case.reminders.filter(rule="P22", status="planned").exists()


def test_a_hold_stops_the_night_and_the_warnings(ended, lea):
    the_night(NOW)
    assert ended.reminders.filter(rule="P22", status="planned").count() == 2
    actions.hold(case=ended, reason="A court asked", by=lea, now=NOW)
    assert not ended.reminders.filter(rule="P22", status="planned").exists()
    assert the_night(later(days=365 * 60)) == 0
    actions.lift(case=ended, reason="Case closed", by=lea, now=later(days=1))
    assert the_night(later(days=365 * 60)) == 1


def test_a_hold_placed_while_the_night_runs_wins(ended, lea, monkeypatch):
    the_night(NOW)
    real = actions._delete_one

    def first_a_hold(pk, now):
        LegalHold.objects.create(case=ended, reason="x", placed_by=lea, placed_at=now)
        return real(pk, now)

    monkeypatch.setattr(actions, "_delete_one", first_a_hold)
    assert the_night(later(days=365 * 60)) == 0
    assert ended.records.exists()


def test_key_goes_with_the_row_in_one_transaction(ended, django_capture_on_commit_callbacks):
    """Between the commit and the end of the bytes nothing can be read any more."""
    the_night(NOW)
    key = ended.records.get().key
    with django_capture_on_commit_callbacks() as waiting:
        the_night(later(days=365 * 60))
    assert len(waiting) >= 1
    for run in waiting:
        run()
    with pytest.raises(storage.NotThere):
        storage.open(key)


def test_letters_go_six_years_after_all_is_over(ended, ana, django_capture_on_commit_callbacks):
    stored = storage.put(io.BytesIO(b"a letter"))
    source = make_source(ended)
    letter = source.letters.create(
        case=ended, kind="own_copy", content={"title": "x"}, written_at=NOW, status="ready", file_key=stored.key,
        size=stored.size, sha256=stored.sha256,
    )  # fmt: skip
    still = later(days=6 * 365)
    assert papers.delete_those_over(now=still) == 0
    LegalHold.objects.create(case=ended, reason="x", placed_by=ana, placed_at=NOW)
    over = later(days=6 * 365 + 3)
    assert papers.delete_those_over(now=over) == 0
    ended.legal_holds.update(lifted_at=NOW, lifted_by=ana, lift_reason="y")
    with django_capture_on_commit_callbacks(execute=True):
        assert papers.delete_those_over(now=over) == 1
    assert not source.letters.exists() and not storage.disk.path(stored.key).exists()
    assert (
        AuditEvent.objects.filter(act="erase_letter", subject_key=str(letter.key), person_id=None).count()
        == 1
    )
    assert papers.delete_those_over(now=over) == 0


def test_a_letter_stays_as_long_as_the_form_behind_it_mattered(ended, ana):
    source = make_source(ended)
    form = source.authorisations.create(
        text="x", sha256="0" * 64, signed_by=ana, signed_name="Ana", signed_at=NOW, status="expired",
        expires_on=later(days=300).date(), ended_at=later(days=300),
    )  # fmt: skip
    source.letters.create(case=ended, kind="request", content={}, written_at=NOW, authorisation=form)
    assert papers.delete_those_over(now=later(days=6 * 365 + 200)) == 0
    assert papers.delete_those_over(now=later(days=6 * 365 + 303)) == 1


def test_letters_of_a_request_at_work_stay(sent):
    make_source(sent).letters.create(case=sent, kind="own_copy", content={}, written_at=NOW)
    assert papers.delete_those_over(now=later(days=20_000)) == 0
