"""The virus check of what documents carry inside, and what becomes of a file whose inside is locked away."""

import base64
import io
import json
import zlib

import pikepdf
import pytest
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, CarryPack
from referrals.records import checks, refusals, scanner
from referrals.records.checks import claims
from referrals.records.decoder import limits
from referrals.vocabulary import RecordStatus, VirusScan
from tests import build
from tests.referrals.records import clamd, samples, summaries

pytestmark = [pytest.mark.django_db, clamd.needed]


@pytest.fixture
def case(ana):
    return build.make_case(ana)


def carrying(body=clamd.EICAR, *, where="document", encryption=None, **packing):
    """A PDF with a file in it, packed, at the document, at a note on a page, or unnamed by a type."""
    with pikepdf.open(io.BytesIO(samples.pdf(2))) as made:
        packed = made.make_stream(body, **packing)
        if where != "typeless":
            packed.Type = pikepdf.Name.EmbeddedFile
        named = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="list.txt", EF=pikepdf.Dictionary(F=packed))
        if where == "document":
            made.attachments["list.txt"] = pikepdf.AttachedFileSpec(made, body, filename="list.txt")
        else:
            note = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9], FS=named
            )
            made.pages[0].Annots = pikepdf.Array([note])
        out = io.BytesIO()
        made.save(out, encryption=encryption or False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


OPEN_TO_ALL = pikepdf.Encryption(user="", owner="secret")
PHOTO = {
    "resourceType": "Patient",
    "photo": [{"contentType": "x/y", "data": base64.b64encode(clamd.EICAR).decode()}],
}
INFECTED = {
    "attachment": (lambda: carrying(), "a.pdf"),
    "attachment of a note": (lambda: carrying(where="note"), "a.pdf"),
    "attachment without a type": (lambda: carrying(where="typeless"), "a.pdf"),
    "attachment under a lock": (lambda: carrying(encryption=OPEN_TO_ALL), "a.pdf"),
    "pdf in a pdf": (lambda: carrying(carrying()), "a.pdf"),
    "c-cda": (lambda: summaries.enclosing(clamd.EICAR, media="text/plain"), "a.xml"),
    "c-cda, a kind we don't take": (lambda: summaries.enclosing(clamd.EICAR, media="x/y"), "a.xml"),
    "c-cda, in a pdf": (lambda: summaries.enclosing(carrying()), "a.xml"),
    "fhir": (lambda: summaries.bundle(summaries.CONDITION, summaries.document(clamd.EICAR)), "a.json"),
    "fhir, a photo": (lambda: summaries.bundle(PHOTO, summaries.CONDITION), "a.json"),
}  # fmt: skip


@pytest.mark.parametrize("make, name", INFECTED.values(), ids=INFECTED)
def test_f35_a_virus_inside_a_document_locks_the_whole_away(scanning, kept, case, make, name, sign_in, ana):
    record = kept(case, make(), name)
    assert (record.status, record.scan) == (RecordStatus.QUARANTINED, VirusScan.INFECTED)
    assert record.refusal in (refusals.VIRUS, refusals.VIRUS_INSIDE)
    assert case.records.get() == record and not record.pages.exists()
    assert AuditEvent.objects.get(act="record_checked").detail["found"].startswith("Eicar-Test")
    url = reverse("records:download", args=[case.reference, record.key])
    assert sign_in(ana).get(url).status_code == 404


CLEAN = {
    "attachment": (lambda: carrying(b"only words"), "a.pdf"),
    "pdf": (lambda: samples.pdf(2), "a.pdf"),
    "locked": (lambda: carrying(b"only words", encryption=OPEN_TO_ALL), "a.pdf"),
    "c-cda": (lambda: summaries.enclosing(samples.pdf()), "a.xml"),
    "fhir": (
        lambda: summaries.bundle(summaries.PATIENT, summaries.CONDITION, summaries.document()),
        "a.json",
    ),
}


@pytest.mark.parametrize("make, name", CLEAN.values(), ids=CLEAN)
def test_what_carries_no_virus_goes_on(scanning, kept, case, make, name):
    record = kept(case, make(), name)
    assert (record.status, record.scan) == (RecordStatus.READY, VirusScan.CLEAN)


def deep(levels):
    body = samples.pdf()
    for _level in range(levels):
        body = carrying(body)
    return body


def bomb():
    packer = zlib.compressobj()
    body = b"".join([packer.compress(bytes(limits.MIB)) for _mib in range(600)] + [packer.flush()])
    return carrying(body, where="note", Filter=pikepdf.Name.FlateDecode)


@pytest.mark.parametrize("make", [lambda: deep(4), bomb], ids=["one in the other", "bomb"])
def test_f29_what_can_not_be_looked_into_waits_for_staff(scanning, kept, case, make):
    record = kept(case, make(), "a.pdf")
    assert (record.status, record.refusal) == (RecordStatus.IDENTIFIED, refusals.TOO_LARGE_TO_SCAN)


def test_a_scanner_that_goes_while_it_looks_inside_lets_the_file_wait(scanning, kept, case, monkeypatch):
    def gone(_stream, **_more):
        raise scanner.Away

    monkeypatch.setattr(scanner, "scan", lambda *_, **__: "")
    monkeypatch.setattr(scanner, "scan_stream", gone)
    record = kept(case, carrying(), "a.pdf")
    assert (record.status, record.refusal, record.attempts) == (
        RecordStatus.IDENTIFIED,
        refusals.SCANNER_AWAY,
        0,
    )


# --- found later --------------------------------------------------------------------------------------


@pytest.fixture
def summary(settings, kept, case):
    """Ready, and what was inside still to be checked: its virus became known in between."""
    settings.CLAMD_URL = ""
    return kept(case, summaries.enclosing(clamd.EICAR, media="text/plain"), "export.xml")


def test_f35_a_virus_found_later_closes_the_summary_it_came_in(
    summary, scanning, settings, case, sign_in, ana, sam
):
    inside = case.records.exclude(pk=summary.pk).get()
    url = reverse("records:download", args=[case.reference, summary.key])
    assert summary.status == RecordStatus.READY and sign_in(ana).get(url).status_code == 200
    pack = CarryPack.objects.create(
        case=case, by=ana, asked_at=build.real_now(), expires_at=build.real_now(), status="ready", size=3,
        file_key=storage.put(io.BytesIO(b"zip")).key,
    )  # fmt: skip
    pack.records.add(summary, through_defaults={"number": 1})
    settings.CLAMD_URL = scanning.url
    checks.check(key=inside.key, clock=build.real_now)
    for record in (summary, inside):
        record.refresh_from_db()
        assert (record.status, record.scan) == (RecordStatus.QUARANTINED, VirusScan.INFECTED)
    assert summary.refusal == refusals.VIRUS_INSIDE and not CarryPack.objects.exists()
    assert AuditEvent.objects.filter(act="record_checked", subject_key=str(summary.key)).count() == 2
    page = reverse("records:list", args=[case.reference])
    for person in (ana, sam):
        client = sign_in(person)
        assert client.get(url).status_code == 404
        assert b"in a document that is inside this file" in client.get(page).content


def test_a_summary_with_a_file_that_is_locked_away_already_is_closed(scanning, settings, kept, case):
    kept(case, clamd.EICAR, "list.txt")
    settings.CLAMD_URL = ""
    record = kept(case, summaries.enclosing(clamd.EICAR, media="text/plain"), "export.xml")
    assert (record.status, record.refusal) == (RecordStatus.QUARANTINED, refusals.VIRUS_INSIDE)


def test_nothing_is_closed_by_half(summary, scanning, settings, case, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError

    inside = case.records.exclude(pk=summary.pk).get()
    settings.CLAMD_URL = scanning.url
    monkeypatch.setattr(claims.Work, "stop", broken)
    with pytest.raises(RuntimeError):
        checks.check(key=inside.key, clock=build.real_now)
    summary.refresh_from_db()
    assert summary.status == RecordStatus.READY


def test_a_letter_beside_the_infected_one_stays(scanning, settings, kept, case):
    settings.CLAMD_URL = ""
    two = json.loads(
        summaries.bundle(summaries.PATIENT, summaries.document(clamd.EICAR), summaries.document())
    )
    two["entry"][1]["resource"]["content"][0]["attachment"]["contentType"] = "text/plain"
    whole = kept(case, json.dumps(two).encode(), "export.json")
    settings.CLAMD_URL = scanning.url
    for record in case.records.exclude(pk=whole.pk):
        checks.check(key=record.key, clock=build.real_now)
    found = dict(case.records.values_list("kind", "status"))
    assert found == {"fhir": "quarantined", "text": "quarantined", "pdf": "ready"}
