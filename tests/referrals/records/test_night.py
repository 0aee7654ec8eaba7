"""F36: every night all bytes are compared with the sums taken when they came."""

import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from referrals import storage
from referrals.models import AuditEvent
from referrals.records import checks
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db
TOMORROW = build.dt.timedelta(days=2)


@pytest.fixture
def records(ana):
    case = build.make_case(ana)
    return [samples.ready(case, samples.pdf(n), f"{n}.pdf") for n in (1, 2, 3)]


def test_f36_all_is_well(records):
    report = checks.compare_all(now=build.real_now())
    assert report.is_clean and report.looked_at == 3
    call_command("check_records")


def test_f36_one_flipped_bit_and_one_lost_file_are_found(records, caplog):
    changed, lost, _whole = records
    path = storage.disk.path(changed.key)
    body = bytearray(path.read_bytes())
    body[100] ^= 1
    path.write_bytes(body)
    storage.delete(lost.key)
    report = checks.compare_all(now=build.real_now())
    assert (report.changed, report.lost) == ([str(changed.key)], [str(lost.key)])
    events = AuditEvent.objects.filter(act="record_checked").order_by("pk")
    assert [(event.subject_key, event.detail) for event in events] == [
        (str(changed.key), {"found": "changed"}), (str(lost.key), {"found": "lost"}),
    ]  # fmt: skip
    with pytest.raises(CommandError):
        call_command("check_records")


def test_f36_a_lost_page_is_found(records):
    storage.delete(records[0].pages.first().pictures.get().key)
    assert not checks.compare_all(now=build.real_now()).is_clean


def test_what_no_row_knows_is_swept_after_a_day(records):
    orphan = storage.put(io.BytesIO(b"nobody's"))
    assert checks.compare_all(now=build.real_now()).swept == 0
    assert checks.compare_all(now=build.real_now() + TOMORROW).swept == 1
    with pytest.raises(storage.NotThere):
        storage.size(orphan.key)
    assert checks.compare_all(now=build.real_now()).is_clean


def test_letters_and_packs_are_known_to_the_sweep(records, ana):
    case = records[0].case
    letter, pack = (storage.put(io.BytesIO(body)) for body in (b"a letter", b"a pack"))
    build.make_source(case).letters.create(
        case=case, kind="own_copy", content={}, written_at=build.real_now(), status="ready", file_key=letter.key,
        size=letter.size, sha256=letter.sha256,
    )  # fmt: skip
    case.packs.create(
        by=ana, asked_at=build.real_now(), expires_at=build.real_now(), status="ready", file_key=pack.key,
        size=pack.size,
    )  # fmt: skip
    report = checks.compare_all(now=build.real_now() + TOMORROW)
    assert (report.swept, report.is_clean, report.looked_at) == (0, True, 4)
    assert storage.size(letter.key) and storage.size(pack.key)


def test_a_letter_that_changed_is_found(records):
    stored, case = storage.put(io.BytesIO(b"a letter")), records[0].case
    letter = build.make_source(case).letters.create(
        case=case, kind="own_copy", content={}, written_at=build.real_now(), status="ready", file_key=stored.key,
        size=stored.size, sha256="0" * 64,
    )  # fmt: skip
    assert checks.compare_all(now=build.real_now()).changed == [str(letter.key)]
    event = AuditEvent.objects.get(act="record_checked")
    assert (event.subject_kind, event.subject_key) == ("letter", str(letter.key))
    storage.delete(stored.key)
    assert checks.compare_all(now=build.real_now()).lost == [str(letter.key)]


def test_every_field_that_names_a_file_is_known_to_the_sweep():
    """A new one is to be looked for in `checks.night`, or its files are swept away after a day."""
    named = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("referrals").get_models()
        for field in model._meta.fields
        if field.name in ("file_key", "frames_key")
    }
    assert named == {"Upload.file_key", "Instance.frames_key", "Letter.file_key", "CarryPack.file_key"}
