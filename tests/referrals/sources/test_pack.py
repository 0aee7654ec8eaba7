"""The pack to carry: an index and all records as they came, streamed, for their own patient and the clinic alone."""

import io
import tracemalloc
import uuid
import zipfile

import pikepdf
import pytest
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, Instance, Letter, Series
from referrals.rules import access
from referrals.sources import pack, papers
from tests.build import make_record, make_source
from tests.referrals.records import samples
from tests.referrals.sources.conftest import at


@pytest.fixture
def records(case, now):
    source = make_source(case, now=now, sensitivity="part_2", name="Elm House")
    letter = samples.store(
        case, samples.pdf(mark="first"), "../évil: letter.pdf", kind="pdf", status="ready", checked_at=now,
        page_count=1,
        source=source,
    )  # fmt: skip
    lab = samples.store(
        case, samples.pdf(mark="second"), "lab.pdf", kind="pdf", status="ready", checked_at=now
    )
    samples.store(case, samples.pdf(mark="third"), "refused.pdf", status="refused", refusal="locked")
    return letter, lab


def ready_pack(case, by, now):
    seen = access.visible_records(by).filter(case=case)
    letter = pack.ask_for(case=case, records=seen, by=by, now=now)
    papers.make(key=letter.key, now=now)
    letter.refresh_from_db()
    return letter


def unzipped(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def page(letter):
    return reverse("sources:pack_download", args=[letter.case.reference, letter.key])


def test_the_pack_holds_the_index_and_every_original(case, records, ana, now):
    zipped = unzipped(at(ana).get(page(ready_pack(case, ana, now))))
    assert zipped.testzip() is None
    names = zipped.namelist()
    assert names == ["index.pdf", "documents/001-_évil_ letter.pdf", "documents/002-lab.pdf"]
    assert zipped.read(names[1]) == samples.pdf(mark="first")
    with pikepdf.open(io.BytesIO(zipped.read("index.pdf"))) as index:
        assert index.Root.MarkInfo.Marked
    said = str(Letter.objects.get().content)
    assert "42 CFR part 2" in said  # a record of such a source is in it
    assert "from Elm House" in said
    assert AuditEvent.objects.filter(act="carry_pack", person_id=ana.pk).count() == 1


def test_the_files_of_a_study_lie_in_a_folder_for_each_series(case, ana, now):
    study = make_record(case, name="MRI", kind="dicom", study={"modality": "MR", "part": "SPINE"})
    for number in (1, 2):
        series = Series.objects.create(
            record=study, uid=f"1.{number}", number=number, title="T2/sag", modality="MR"
        )
        for count in range(2):
            stored = storage.put(io.BytesIO(f"{number}.{count}".encode()))
            Instance.objects.create(
                series=series, key=stored.key, uid=f"1.{number}.{count}", name="IM1", size=stored.size,
                sha256=stored.sha256, position=count,
            )  # fmt: skip
    zipped = unzipped(at(ana).get(page(ready_pack(case, ana, now))))
    assert zipped.namelist()[1:] == [
        "images/001-MRI/001-T2_sag/IM1", "images/001-MRI/001-T2_sag/IM1-2",
        "images/001-MRI/002-T2_sag/IM1", "images/001-MRI/002-T2_sag/IM1-2",
    ]  # fmt: skip
    assert zipped.read("images/001-MRI/002-T2_sag/IM1-2") == b"2.1"


def test_a_file_that_is_gone_leaves_the_rest_readable(case, records, ana, now):
    letter = ready_pack(case, ana, now)
    storage.delete(records[0].key)
    assert unzipped(at(ana).get(page(letter))).namelist() == ["index.pdf", "documents/002-lab.pdf"]


def test_only_their_own_and_only_once_it_is_made(case, records, ana, ben, tess, dr_vega, now):
    letter = ready_pack(case, ana, now)
    for person in (ben, dr_vega):
        assert at(person).get(page(letter)).status_code == 404
        assert at(person).get(reverse("sources:pack", args=[case.reference])).status_code == 404
    assert at(tess).get(page(letter)).status_code == 200
    waiting = pack.ask_for(case=case, records=access.visible_records(ana).filter(case=case), by=ana, now=now)
    assert at(ana).get(page(waiting)).status_code == 409
    assert at(ana).get(page(letter).replace(str(letter.key), str(uuid.uuid4()))).status_code == 404


def test_the_page_makes_it(case, records, ana):
    answer = at(ana).post(reverse("sources:pack", args=[case.reference]))
    assert answer.url == reverse("sources:pack", args=[case.reference])
    assert "2 records are ready" in at(ana).get(answer.url).content.decode()


def test_memory_stays_small_whatever_the_size(case, ana, now, tmp_path):
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(64 * 1024**2)
    with big.open("rb") as file:
        stored = storage.put(file)
    record = make_record(case, name="big.bin")
    type(record).objects.filter(pk=record.pk).update(key=stored.key)
    letter = ready_pack(case, ana, now)
    tracemalloc.start()
    total = sum(len(piece) for piece in pack.stream(letter, access.visible_records(ana).filter(case=case)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 64 * 1024**2
    assert peak < 4 * 1024**2


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a/../../b.pdf", "a_.._.._b.pdf"), ("..", "record"), ("", "record"), ("x\u202efdp.exe", "x_fdp.exe"),
        ("con?.pdf", "con_.pdf"), ("n" * 300 + ".pdf", "n" * 96 + ".pdf"),
    ],
)  # fmt: skip
def test_names_in_the_zip_are_plain(name, plain):
    assert pack.safe(name) == plain
