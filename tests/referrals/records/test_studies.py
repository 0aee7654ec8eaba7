"""Files of one study become one record: any order, again and again, by two workers at once."""

import hashlib
import io
import threading

import pytest
from django.db import connection
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import RLELossless

from referrals import storage
from referrals.models import AuditEvent, Instance, PagePicture, Record, Upload
from referrals.records import actions, checks, studies
from referrals.vocabulary import Act, RecordStatus, RecordType, WayIn
from tests import build
from tests.referrals.records import dicom_list, dicoms, samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(draft, django_capture_on_commit_callbacks):
    """A file comes in and is checked; back comes its record, or the study it joined."""

    def run(body, name="IM0001", case=None, **fields):
        record = samples.store(case or draft, body, name)
        Record.objects.filter(pk=record.pk).update(**fields)
        with django_capture_on_commit_callbacks(execute=True):
            checks.check(key=record.key, clock=build.real_now)
        joined = Instance.objects.filter(key=record.key).select_related("series__record").first()
        return joined.series.record if joined else Record.objects.filter(key=record.key).first()

    return run


def sum_of(*bodies):
    return hashlib.sha256(
        "\n".join(sorted(hashlib.sha256(b).hexdigest() for b in bodies)).encode()
    ).hexdigest()


def test_slices_in_any_order_become_one_study_in_the_order_of_the_body(draft, take):
    bodies = {n: dicoms.slice_(n) for n in (3, 1, 2)}
    for n, body in bodies.items():
        study = take(body, f"IM{n}")
    assert draft.records.get() == study
    assert (study.status, study.page_count, study.type) == (RecordStatus.READY, 3, RecordType.IMAGES)
    assert study.name == "CT scan of the lower back, 6 November 2026"
    assert (study.size, study.sha256) == (sum(map(len, bodies.values())), sum_of(*bodies.values()))
    assert str(study.dated_on) == "2026-11-06"
    told = study.study
    assert (told["images"], told["files"], told["series"], told["modalities"]) == (3, 3, 1, ["CT"])
    assert told["people"] == [[["Reyes^Ana"], "1968-03-03"]]
    assert [each.name for each in Instance.objects.in_order()] == ["IM1", "IM2", "IM3"]
    assert study.pages.get().pictures.drawn().count() == 2  # for lists, and for the page


def test_a_plain_frame_lies_where_the_row_says(take):
    body = dicoms.slice_(7)
    take(body)
    one = Instance.objects.get()
    assert (one.frames_key, one.frame_bytes, one.frame_count) == (None, 512, 1)
    with storage.open(one.key, one.frame_offset, one.frame_bytes) as file:
        frame = file.read()
    assert frame[:4] == b"\x07\0\x08\0" and body.endswith(frame)
    assert one.look["windows"] == [[40, 400, "SOFT"], [400, 2000, "BONE"]]
    assert (one.look["spacing"], one.look["spacing_from"], one.look["intercept"]) == (
        [0.5, 0.5],
        "patient",
        -1024,
    )


def test_packed_frames_are_decoded_once_into_a_file_of_their_own(take):
    take(dicoms.packed(dicoms.film(5), RLELossless))
    one = Instance.objects.get()
    assert (one.frame_count, one.frame_bytes, one.frame_offset, one.problem) == (5, 64, 0, "")
    with storage.open(one.frames_key) as file:
        assert file.read() == b"".join(bytes([n]) * 64 for n in range(5))


def test_several_series_and_a_report_are_one_study_named_by_its_images(draft, take):
    for body in (
        dicoms.report(1, series=9), dicoms.slice_(1, Modality="MR"), dicoms.slice_(1, series=2, Modality="MR"),
    ):  # fmt: skip
        study = take(body)
    assert (study.page_count, study.study["series"], study.study["modalities"]) == (2, 3, ["MR", "SR"])
    assert study.name.startswith("MRI of the lower back")
    assert draft.records.count() == 1


def test_two_studies_stay_two(draft, take):
    take(dicoms.slice_(1)), take(dicoms.slice_(1, study="1.2.3.4"))
    assert draft.records.count() == 2


def test_the_same_study_on_two_requests_stays_apart(ben, draft, take):
    other = build.make_draft(ben)
    first, second = take(dicoms.slice_(1)), take(dicoms.slice_(2), case=other)
    assert (first.case, second.case) == (draft, other)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_again_changes_nothing_and_leaves_nothing(draft, take):
    study = take(dicoms.slice_(1))
    take(dicoms.slice_(2))
    before = Record.objects.values("size", "sha256", "page_count").get()
    gone = samples.store(draft, dicoms.slice_(2), "again")
    upload = Upload.objects.create(
        case=draft, by=draft.patient, name="a", size=1, file_key=gone.key, started_at=build.NOW,
        touched_at=build.NOW, expires_at=build.NOW, record=gone,
    )  # fmt: skip
    checks.check(key=gone.key, clock=build.real_now)
    assert Record.objects.values("size", "sha256", "page_count").get() == before
    upload.refresh_from_db()
    assert upload.record == study
    with pytest.raises(storage.NotThere):
        storage.size(gone.key)


def test_the_same_image_with_other_bytes_is_kept_as_a_copy_and_not_shown_twice(take):
    take(dicoms.slice_(1))
    study = take(dicoms.slice_(1, InstitutionName="Mill"))
    assert (study.page_count, study.study["files"]) == (1, 2)
    assert sorted(Instance.objects.values_list("problem", flat=True)) == ["", "copy"]
    again = take(dicoms.slice_(1, InstitutionName="Fern"))
    assert (again.page_count, again.study["files"]) == (1, 3)


def test_a_copy_that_can_be_seen_takes_the_place_of_one_that_cant(take):
    made = dicoms.dataset(1)
    made.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.100"
    take(dicoms.packed(_encapsulated(made)))
    assert Instance.objects.get().problem == "film"
    study = take(dicoms.slice_(1))
    assert study.page_count == 1
    assert sorted(Instance.objects.values_list("problem", flat=True)) == ["", "copy"]


def _encapsulated(made):
    made.PixelData = encapsulate([b"\0" * 100])
    made["PixelData"].is_undefined_length = True
    return made


def test_what_cant_be_shown_is_named_and_kept(take):
    made = dicoms.dataset(1)
    made.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.51"  # with more than 8 bits
    study = take(dicoms.packed(_encapsulated(made)))
    one = Instance.objects.get()
    assert (study.status, one.problem, one.frame_count) == (RecordStatus.READY, "packing", 1)
    assert str(one.get_problem_display()) == "The pictures are packed in a way that can’t be opened here."


def test_damaged_frames_are_black_and_told(take):
    made = dicoms.film(4)
    made.compress(RLELossless)
    frames = list(generate_frames(made.PixelData, number_of_frames=4))
    frames[2] = b"\xff" * 64
    made.PixelData = encapsulate(frames)
    take(dicoms.packed(made))
    one = Instance.objects.get()
    assert (one.problem, one.look["broken"]) == ("", [2])
    with storage.open(one.frames_key) as file:
        assert file.read() == b"\0" * 64 + b"\1" * 64 + b"\0" * 64 + b"\3" * 64


def test_where_no_frame_can_be_decoded_it_says_so(take):
    made = dicoms.film(2)
    made.compress(RLELossless)
    made.PixelData = encapsulate([b"\xff" * 64, b"\xfe" * 64])
    take(dicoms.packed(made))
    one = Instance.objects.get()
    assert (one.problem, one.frames_key, one.frame_bytes) == ("broken", None, 0)


HUGE = {
    "four gigapixels": ({"Rows": 65535, "Columns": 65535}, "too_large"),
    "a million frames": ({"NumberOfFrames": 1_000_000}, "unreadable"),
}


@pytest.mark.parametrize("what", HUGE)
def test_headers_that_claim_too_much_are_refused_before_decoding(take, what):
    claims, code = HUGE[what]
    made = dicoms.film(1)
    made.compress(RLELossless)
    for keyword, value in claims.items():
        setattr(made, keyword, value)
    record = take(dicoms.packed(made))
    said = Instance.objects.get().problem if record.status == RecordStatus.READY else record.refusal
    assert said == code


def test_plain_headers_that_claim_more_than_is_there_are_refused(take):
    record = take(dicoms.packed(dicoms.dataset(1, Rows=65535, Columns=65535)))
    assert (record.status, record.refusal) == (RecordStatus.REFUSED, "unreadable")


def test_a_file_without_any_ids_is_a_study_of_its_own(draft, take):
    none = {"StudyInstanceUID": None, "SeriesInstanceUID": None}
    first, second = take(dicoms.slice_(1, **none)), take(dicoms.slice_(2, **none))
    assert first != second and first.study_uid.startswith("2.25.")


def test_removing_a_study_removes_every_file_of_it(draft, take, django_capture_on_commit_callbacks):
    take(dicoms.slice_(1)), take(dicoms.packed(dicoms.film(3, series=2), RLELossless))
    study = draft.records.get()
    keys = study.file_keys()
    assert len(keys) == 5  # two files, one set of frames, a picture in two sizes
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(record=study, by=draft.patient, now=build.real_now())
    for key in keys:
        with pytest.raises(storage.NotThere):
            storage.size(key)
    assert not Instance.objects.exists() and not PagePicture.objects.exists()
    assert take(dicoms.slice_(1)).status == RecordStatus.READY  # and may come again


def test_a_quarantined_study_takes_nothing_in(draft, take):
    study = take(dicoms.slice_(1))
    Record.objects.update(status=RecordStatus.QUARANTINED, refusal="virus")
    other = take(dicoms.slice_(2))
    assert other != study and other.status == RecordStatus.READY


def test_what_a_file_brings_along_is_kept(draft, take):
    take(dicoms.slice_(1), folder="disc/DICOM/S1", way_in=WayIn.POST, added_at=build.NOW)
    study = take(dicoms.slice_(2), folder="disc/DICOM/S2", type=RecordType.PATHOLOGY)
    assert (study.folder, study.way_in, study.added_at) == ("disc/DICOM", WayIn.POST, build.NOW)
    assert study.type == RecordType.IMAGES
    assert AuditEvent.objects.filter(act=Act.RECORD_CHECKED, detail__joined=str(study.key)).exists()


def test_the_checklist_knows_that_images_came(draft, take):
    take(dicoms.slice_(1))
    assert draft.checklist.get(type=RecordType.IMAGES).state == "have"


def test_a_study_that_is_checked_again_is_the_same(draft, take):
    take(dicoms.slice_(1)), take(dicoms.slice_(2))
    before = Record.objects.values("size", "sha256", "page_count", "name", "study__files").get()
    Record.objects.update(status=RecordStatus.RECEIVED)
    checks.check(key=draft.records.get().key, clock=build.real_now)
    assert Record.objects.values("size", "sha256", "page_count", "name", "study__files").get() == before
    assert Record.objects.get().status == RecordStatus.READY and Instance.objects.count() == 2


def test_the_night_covers_every_file_and_its_frames(draft, take):
    take(dicoms.slice_(1)), take(dicoms.packed(dicoms.film(3, series=2), RLELossless))
    report = checks.compare_all(now=build.real_now())
    assert report.is_clean and report.looked_at == 2
    packed = Instance.objects.get(frames_key__isnull=False)
    storage.delete(packed.frames_key)
    plain = Instance.objects.get(frames_key=None)
    Instance.objects.filter(pk=plain.pk).update(sha256="0" * 64)
    report = checks.compare_all(now=build.real_now())
    assert (report.lost, report.changed) == ([str(packed.key)], [str(plain.key)])


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_study(ana, settings):
    draft = build.make_draft(ana)
    bodies = [dicoms.slice_(n) for n in range(1, 9)]
    keys = [samples.store(draft, body, f"IM{n}").key for n, body in enumerate(bodies)]
    barrier, errors = threading.Barrier(2), []

    def work(mine):
        try:
            barrier.wait()
            for key in mine:
                checks.check(key=key, clock=build.real_now)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(keys[n::2],)) for n in (0, 1)]
    [each.start() for each in workers]
    [each.join() for each in workers]
    assert not errors
    study = draft.records.get()
    assert (study.status, study.page_count, study.sha256) == (RecordStatus.READY, 8, sum_of(*bodies))


def test_a_worker_that_dies_after_decoding_leaves_a_file_that_can_be_joined_again(draft, take, monkeypatch):
    record = samples.store(draft, dicoms.packed(dicoms.film(3), RLELossless), "IM1")
    with monkeypatch.context() as broken:
        broken.setattr(studies, "add_instance", _die)
        with pytest.raises(KeyboardInterrupt):
            checks.check(key=record.key, clock=build.real_now)
    assert not Instance.objects.exists()
    Record.objects.update(claimed_at=None)
    checks.check(key=record.key, clock=build.real_now)
    assert Instance.objects.get().frames_key


def _die(*_, **__):
    raise KeyboardInterrupt


def test_nothing_is_left_in_the_storage_but_what_rows_name(draft, take):
    for body in (dicoms.slice_(1), dicoms.packed(dicoms.film(3, series=2), RLELossless), dicoms.slice_(1)):
        take(io.BytesIO(body).getvalue())
    known = draft.records.get().file_keys()
    assert set(storage.keys_before(build.real_now())) == known


@pytest.mark.parametrize(
    "name",
    ["MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_gdcm.dcm", "SC_rgb_dcmtk_+eb+cr.dcm",
     "image_dfl.dcm", "examples_palette.dcm", "liver_1frame.dcm", "rtdose.dcm", "MR_small_bigendian.dcm",
     "examples_ybr_color.dcm"],
)  # fmt: skip
def test_every_decoder_works_behind_the_walls(take, name):
    study = take(samples.dicom(name))
    one = Instance.objects.get()
    assert (study.status, one.problem) == (RecordStatus.READY, "")
    with storage.open(one.frames_key) as file:
        assert file.read() == dicom_list.decoded(dicom_list.FOLDER / name)[1]
    assert study.pages.get().pictures.drawn().count() == 2
