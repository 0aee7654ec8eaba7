"""The pack to carry: all documents in one PDF with an index in front, images beside it."""

import io
import threading
import tracemalloc
import uuid
import zipfile

import pikepdf
import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from referrals import storage
from referrals.models import AuditEvent, CarryPack, StoredFile
from referrals.records import deciding, decoder_client, tasks
from referrals.records.pack import actions, making
from referrals.rules import erasure
from tests import build
from tests.referrals.records import samples, summaries

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(ana, tess):
    return build.make_case(ana, "triage", staff=tess, now=build.real_now())


def made(case, by):
    pack = actions.ask_for(case=case, by=by, now=build.real_now())
    making.make(key=pack.key, clock=build.real_now)
    pack.refresh_from_db()
    return pack


def at(person):
    browser = Client()
    browser.force_login(person)
    return browser


def page(case):
    return reverse("records:pack", args=[case.reference])


def address(pack):
    return reverse("records:pack_download", args=[pack.case.reference, pack.key])


def unzipped(answer):
    assert answer.status_code == 200
    found = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert found.testzip() is None
    return found


def bound(zipped):
    return zipped.read(zipped.namelist()[0])


def words_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(each.get_textpage().get_text_range().split()) for each in document]


def test_every_document_is_on_pages_that_the_index_names(case, kept, ana):
    source = build.make_source(case, sensitivity="part_2", name="Elm House", now=build.real_now())
    letter = kept(case, samples.pdf(3, mark="Brookfall letter"), "../évil: letter.pdf", source=source)
    kept(case, samples.picture("JPEG", (3000, 2000)), "page.jpg")
    kept(case, samples.tiff(2), "fax.tif")
    kept(case, samples.docx("Dear colleague, thank you"), "note.docx")
    for record in case.records.all():
        assert record.status == "ready", (record.name, record.refusal)
    pack = made(case, ana)
    assert (pack.status, pack.page_count) == ("ready", 7)
    zipped = unzipped(at(ana).get(address(pack)))
    assert zipped.namelist() == [f"records-{case.reference}.pdf", "documents/004 note.docx"]
    said = words_of(bound(zipped))
    front, *pages = said
    for words in (
        case.reference,
        "Elm House",
        "42 CFR part 2",
        "1–3",
        "5–6",
        "documents/004 note.docx",
        "fax.tif",
    ):
        assert words in front, words
    assert len(pages) == 7
    assert "Brookfall letter" in pages[0]
    assert [f"{case.reference} · {number}" in text for number, text in enumerate(pages, 1)] == [True] * 7
    assert "thank you" in pages[6]
    with pikepdf.open(io.BytesIO(bound(zipped))) as document:
        assert document.docinfo["/Title"] == f"Records to carry along, {case.reference}"
        labels = document.Root.PageLabels.Nums
        assert [(int(labels[0]), str(labels[1].S)), (int(labels[2]), str(labels[3].S))] == [
            (0, "/r"),
            (1, "/D"),
        ]
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert titles[:2] == ["Records to carry along", letter.name]
        widths = [[float(side) for side in each.mediabox] for each in document.pages][4]
        assert max(widths) <= 792.5
    assert (
        AuditEvent.objects.filter(act="carry_pack", person_id=ana.pk, subject_key=str(pack.key)).count() == 1
    )


def test_nothing_that_acts_or_hides_comes_along(case, kept, ana):
    nasty = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.pdf(1, script="app.alert(1)"))) as document:
        document.attachments["hidden.txt"] = b"hidden bytes"
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
        sheet = document.pages[0]
        sheet.obj.AA = pikepdf.Dictionary(
            O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("x()"))
        )
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 50, 50],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("http://evil.example/")),
        )  # fmt: skip
        sheet.obj.Annots = document.make_indirect(pikepdf.Array([document.make_indirect(link)]))
        document.save(nasty)
    kept(case, nasty.getvalue(), "nasty.pdf")
    pdf = bound(unzipped(at(ana).get(address(made(case, ana)))))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert (
            not document.attachments and "/Names" not in document.Root and "/OpenAction" not in document.Root
        )
        plain = io.BytesIO()
        document.save(
            plain,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
        )
    for trace in (
        b"evil.example",
        b"app.alert",
        b"JavaScript",
        b"calc.exe",
        b"hidden bytes",
        b"/Annots",
        b"/AA",
    ):
        assert trace not in plain.getvalue(), trace


@pytest.mark.parametrize(("turned", "corner"), [(0, "bottom"), (90, "right"), (180, "top"), (270, "left")])
def test_the_number_stands_at_the_foot_of_a_page_that_is_turned(case, kept, ana, turned, corner):
    lying = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.pdf(1))) as document:
        document.pages[0].rotate(turned, relative=False)
        document.save(lying)
    kept(case, lying.getvalue(), "lying.pdf")
    pdf = bound(unzipped(at(ana).get(address(made(case, ana)))))
    sheet = pypdfium2.PdfDocument(pdf)[1]
    text = sheet.get_textpage()
    at_ = text.search(case.reference).get_next()
    left, bottom, right, top = text.get_charbox(at_[0])
    far = {"bottom": bottom, "right": 612 - right, "top": 792 - top, "left": left}
    assert min(far, key=far.get) == corner and far[corner] < 12
    # and can be read upright: a whole line of it is darker than its ground, drawn as somebody sees the page
    seen = sheet.render(scale=2).to_pil().convert("L")
    assert min(seen.crop((0, seen.height - 20, seen.width, seen.height)).tobytes()) < 100


def test_a_page_of_a_scan_that_is_damaged_is_said_to_be(case, kept, ana):
    record = kept(case, broken_tiff(), "fax.tif")
    assert (record.status, record.page_count) == ("ready", 3)
    pack = made(case, ana)
    assert pack.page_count == 3
    said = words_of(bound(unzipped(at(ana).get(address(pack)))))
    assert ["could not be read" in page for page in said[1:]] == [False, True, False]


def broken_tiff():
    """Three pages, of which the second's pixels are noise."""
    leaves = [Image.effect_noise((300, 400), 80) for _each in range(3)]
    out = io.BytesIO()
    leaves[0].save(out, "TIFF", save_all=True, append_images=leaves[1:], compression="tiff_lzw")
    with Image.open(out) as found:
        found.seek(1)
        start, size = found.tag_v2[273][0], found.tag_v2[279][0]
    body = bytearray(out.getvalue())
    body[start : start + size] = b"\xff" * size
    return bytes(body)


def test_a_pdf_with_a_damaged_page_keeps_its_others(case, kept, ana):
    made_ = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.pdf(3, mark="Page"))) as document:
        document.save(made_, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    body = made_.getvalue()
    start = body.index(b"stream\n", body.index(b"/FlateDecode")) + 7
    kept(case, body[:start] + b"\xff" * 12 + body[start + 12 :], "damaged.pdf")
    pack = made(case, ana)
    said = words_of(bound(unzipped(at(ana).get(address(pack)))))
    assert pack.page_count == 3
    assert [sum(f"Page {number}" in page for page in said[1:]) for number in (1, 2, 3)].count(1) == 2


def test_a_locked_file_is_bound_with_the_password_that_was_given(case, kept, check, ana):
    record = kept(case, samples.locked_pdf(), "locked.pdf")
    assert record.status == "needs_you"
    deciding.unlock(record=record, password="secret", by=ana, now=build.real_now())
    check(record)
    pack = made(case, ana)
    assert pack.page_count > 0
    with pikepdf.open(io.BytesIO(bound(unzipped(at(ana).get(address(pack)))))) as document:
        assert not document.is_encrypted


def test_a_health_summary_is_set_with_its_tables_and_comes_as_it_is_as_well(case, kept, ana):
    kept(case, summaries.ccda(), "رامي summary.xml")
    zipped = unzipped(at(ana).get(address(made(case, ana))))
    (name,) = zipped.namelist()[1:]
    assert zipped.read(name) == summaries.ccda()
    said = words_of(bound(zipped))[1]
    for words in ("Ramipril", "5 mg", "Juniper Ashgrove", "Penicillin: hives", "14 March 1968"):
        assert words in said, words


def test_the_files_of_a_study_lie_in_a_folder_for_each_series(case, ana):
    study = samples.study(case, slices=2)
    zipped = unzipped(at(ana).get(address(made(case, ana))))
    place = f"images/001 {study.name}/1 CT LWS"
    assert zipped.namelist()[1:] == [f"{place}/IM0001.dcm", f"{place}/IM0002.dcm"]
    with storage.open(study.key) as file:
        assert zipped.read(f"{place}/IM0001.dcm") == file.read()
    assert "2 images" in words_of(bound(zipped))[0]


def test_a_file_that_breaks_the_decoder_goes_along_as_it_came(case, kept, ana, monkeypatch):
    good, bad = kept(case, samples.pdf(mark="good"), "good.pdf"), kept(case, samples.pdf(5), "bad.pdf")
    run = decoder_client.run_on

    def breaks(job, original, size, **options):
        if job == "count_to_bind" and size == bad.size:
            raise decoder_client.Stuck
        return run(job, original, size, **options)

    monkeypatch.setattr(decoder_client, "run_on", breaks)
    zipped = unzipped(at(ana).get(address(made(case, ana))))
    assert zipped.namelist()[1:] == ["documents/002 bad.pdf"]
    with storage.open(bad.key) as file:
        assert zipped.read("documents/002 bad.pdf") == file.read()
    assert "good 1" in words_of(bound(zipped))[1]
    assert good.packs.exists()


def test_what_can_not_be_bound_at_all_comes_with_an_index_alone(case, kept, ana, monkeypatch):
    kept(case, samples.pdf(), "letter.pdf")
    run = decoder_client.run_on

    def breaks(job, original, size, parts=(), **options):
        if job == "bind" and len(parts) > 1:
            raise decoder_client.Stuck
        return run(job, original, size, **({"parts": parts} if parts else {}), **options)

    monkeypatch.setattr(decoder_client, "run_on", breaks)
    pack = actions.ask_for(case=case, by=ana, now=build.real_now())
    for _try in range(making.BINDS_UNTIL):
        making.make(key=pack.key, clock=build.real_now)
        pack.refresh_from_db()
        assert pack.status == "planned"
    making.make(key=pack.key, clock=build.real_now)
    zipped = unzipped(at(ana).get(address(pack)))
    assert zipped.namelist()[1:] == ["documents/001 letter.pdf"]
    assert "documents/001 letter.pdf" in words_of(bound(zipped))[0]


def test_an_outage_costs_no_try(case, kept, ana, monkeypatch):
    kept(case, samples.pdf(), "letter.pdf")

    def away(*_args, **_options):
        raise decoder_client.Down

    pack = actions.ask_for(case=case, by=ana, now=build.real_now())
    with monkeypatch.context() as patched:
        patched.setattr(decoder_client, "run_on", away)
        for _try in range(6):
            making.make(key=pack.key, clock=build.real_now)
    pack.refresh_from_db()
    assert (pack.status, pack.attempts) == ("planned", 0)
    tasks.make_pack(key=str(pack.key))
    pack.refresh_from_db()
    assert pack.status == "ready"


def test_a_record_that_goes_takes_the_pack_along(case, kept, ana, django_capture_on_commit_callbacks):
    record = kept(case, samples.pdf(), "letter.pdf")
    kept(case, samples.pdf(mark="another"), "other.pdf")
    pack = made(case, ana)
    path = storage.disk.path(pack.file_key)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        erasure.delete(record)
    assert not CarryPack.objects.exists()
    assert not StoredFile.objects.filter(key=pack.file_key).exists() and not path.exists()
    assert at(ana).get(address(pack)).status_code == 404


def test_what_goes_while_it_is_made_is_in_no_pack(
    case, kept, ana, monkeypatch, storage_dir, django_capture_on_commit_callbacks
):
    record = kept(case, samples.pdf(), "letter.pdf")
    pack = actions.ask_for(case=case, by=ana, now=build.real_now())
    before = set(StoredFile.objects.values_list("key", flat=True))
    bind = making._bind

    def slow(*args):
        stored = bind(*args)
        erasure.delete(record)
        return stored

    monkeypatch.setattr(making, "_bind", slow)
    with django_capture_on_commit_callbacks(execute=True):
        making.make(key=pack.key, clock=build.real_now)
    assert not CarryPack.objects.exists()
    assert set(StoredFile.objects.values_list("key", flat=True)) < before


def test_one_is_kept_for_a_week_and_only_the_last(case, kept, ana, django_capture_on_commit_callbacks):
    kept(case, samples.pdf(), "letter.pdf")
    first = made(case, ana)
    second = made(case, ana)
    assert list(CarryPack.objects.all()) == [second]
    assert not StoredFile.objects.filter(key=first.file_key).exists()
    assert actions.end_those_over(now=second.expires_at - build.dt.timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.end_those_over(now=second.expires_at) == 1
    assert not CarryPack.objects.exists()
    assert not storage.disk.path(second.file_key).exists()


def test_a_file_that_is_gone_is_named_and_leaves_the_rest_readable(case, kept, ana):
    note = kept(case, samples.docx("kept"), "note.docx")
    pack = made(case, ana)
    storage.delete(note.key)
    zipped = unzipped(at(ana).get(address(pack)))
    assert zipped.namelist()[1:] == ["missing.txt"]
    assert b"documents/001 note.docx" in zipped.read("missing.txt")


def test_only_their_own_and_only_once_it_is_made(case, kept, ana, ben, tess, dr_vega):
    kept(case, samples.pdf(), "letter.pdf")
    pack = made(case, ana)
    for person in (ben, dr_vega):
        for where in (address(pack), page(case)):
            assert at(person).get(where).status_code == 404
        assert at(person).post(page(case)).status_code == 404
    assert at(tess).get(address(pack)).status_code == 200
    asked = at(ana).head(address(pack))
    assert asked.status_code == 200 and "Content-Length" not in asked  # not known until it is made
    CarryPack.objects.update(status="planned")
    assert at(ana).get(address(pack)).status_code == 409
    assert at(ana).head(address(pack)).status_code == 409
    assert at(ana).get(address(pack).replace(str(pack.key), str(uuid.uuid4()))).status_code == 404


def test_a_pack_with_a_record_that_was_locked_away_since_is_not_handed_out(case, kept, ana):
    record = kept(case, samples.pdf(), "letter.pdf")
    pack = made(case, ana)
    type(record).objects.filter(pk=record.pk).update(status="quarantined", refusal="infected")
    assert at(ana).get(address(pack)).status_code == 409
    assert "not there any more" in at(ana).get(page(case)).content.decode()


def test_the_page_has_it_made_and_then_hands_it_out(case, kept, ana):
    first = at(ana).get(page(case)).content.decode()
    assert "nothing to take along" in first
    back = reverse("records:list", args=[case.reference])
    assert f'class="so-back" href="{back}"' in first
    assert at(ana).post(page(case)).status_code == 409
    kept(case, samples.pdf(), "letter.pdf")
    answer = at(ana).post(page(case))
    assert answer.url == page(case)
    said = at(ana).get(page(case)).content.decode()
    assert (
        "is being made" in said
        and "data-waits" in said
        and "<form" not in said.split("<main")[1].split("</main")[0]
    )
    assert at(ana).post(page(case)).status_code == 302  # a double click
    pack = CarryPack.objects.get()
    tasks.make_waiting_packs.run()
    making.make(key=pack.key, clock=build.real_now)
    kept(case, samples.pdf(mark="later"), "later.pdf")
    said = at(ana).get(page(case)).content.decode()
    assert "The pack is ready" in said and "Since then 1 record came" in said
    assert AuditEvent.objects.filter(act="make_pack").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_pack(case, ana):
    samples.ready(case, samples.pdf(), "letter.pdf")
    ready, answers = threading.Barrier(2), []

    def click():
        browser = at(ana)
        ready.wait(10)
        answers.append(browser.post(page(case)).status_code)
        connection.close()

    threads = [threading.Thread(target=click) for _each in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert answers == [302, 302]
    assert CarryPack.objects.count() == 1


def test_what_another_worker_took_over_is_not_written_twice(case, kept, ana, monkeypatch):
    kept(case, samples.pdf(), "letter.pdf")
    pack = actions.ask_for(case=case, by=ana, now=build.real_now())
    bind = making._bind

    def overtaken(*args):
        stored = bind(*args)
        CarryPack.objects.update(claimed_at=build.real_now())
        return stored

    with monkeypatch.context() as patched:
        patched.setattr(making, "_bind", overtaken)
        making.make(key=pack.key, clock=build.real_now)
    pack.refresh_from_db()
    assert (pack.status, pack.file_key) == ("planned", None)
    making.make(key=pack.key, clock=build.real_now)
    pack.refresh_from_db()
    assert pack.status == "planned"  # the other one has it in hand
    making.make(key=pack.key, clock=lambda: build.real_now() + making.STALE_AFTER * 2)
    pack.refresh_from_db()
    assert pack.status == "ready"


def test_memory_stays_small_whatever_the_size(case, ana, tmp_path):
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(64 * 1024**2)
    study = samples.study(case, slices=1)
    with big.open("rb") as file:
        stored = storage.put(file)
    study.series.get().instances.update(key=stored.key, size=stored.size)
    pack = made(case, ana)
    answer = at(ana).get(address(pack))
    tracemalloc.start()
    total = sum(len(piece) for piece in answer.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 64 * 1024**2
    assert peak < 4 * 1024**2
