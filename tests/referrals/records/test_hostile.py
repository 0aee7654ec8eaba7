"""F28-F30, F33-F34: files made to do harm, through the whole of the checks. Each comes to an end in time; none
reaches out (a listener stays silent), none touches a file outside (a canary stays as it was)."""

import io
import socket
import time
import zipfile

import pikepdf
import pytest
from PIL import Image

from referrals import storage
from referrals.records.checks import claims
from referrals.vocabulary import RecordStatus
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db
ENDS = {RecordStatus.READY, RecordStatus.REFUSED, RecordStatus.NEEDS_YOU, RecordStatus.QUARANTINED}
SLOWEST = 60


def pdf_with(change):
    made = pikepdf.open(io.BytesIO(samples.pdf()))
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def action(**parts):
    return pikepdf.Dictionary(**parts)


def launches(canary, _address):
    return pdf_with(lambda made: setattr(
        made.Root, "OpenAction", action(S=pikepdf.Name.Launch, F=f"/bin/sh -c 'echo x > {canary}'")
    ))  # fmt: skip


def calls_home(_canary, address):
    def change(made):
        made.Root.OpenAction = action(S=pikepdf.Name.URI, URI=address)
        made.Root.AA = action(WC=action(S=pikepdf.Name.JavaScript, JS=f"app.launchURL('{address}')"))
        page = made.pages[0]
        page.AA = action(O=action(S=pikepdf.Name.SubmitForm, F=address))
        page.Annots = pikepdf.Array([
            action(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 99, 99],
                   A=action(S=pikepdf.Name.GoToR, F=address)),
        ])  # fmt: skip

    return pdf_with(change)


def reads_outside(canary, _address):
    """An image whose bytes lie in another file."""

    def change(made):
        picture = made.make_stream(b"")
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        picture.Width = picture.Height = 10
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceGray, 8
        picture.F = str(canary)
        made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=picture))
        made.pages[0].Contents = made.make_stream(b"100 0 0 100 0 0 cm /X Do")

    return pdf_with(change)


def attached(_canary, _address):
    def change(made):
        made.attachments["evil.exe"] = b"MZ" + bytes(100)

    return pdf_with(change)


def draws_for_ever(_canary, _address):
    """A form that draws itself, twice."""

    def change(made):
        form = made.make_stream(b"/X Do /X Do")
        form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 100, 100]
        form = made.make_indirect(form)
        form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
        made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
        made.pages[0].Contents = made.make_stream(b"/X Do")

    return pdf_with(change)


def pages_in_a_ring(_canary, _address):
    return pdf_with(lambda made: made.Root.Pages.Kids.append(made.Root.Pages))


def unpacks_for_ever(_canary, _address):
    """A content stream of a gigabyte in a megabyte."""
    return pdf_with(lambda made: setattr(made.pages[0], "Contents", made.make_stream(b"q Q " * 30_000_000)))


def huge_page(_canary, _address):
    return pdf_with(lambda made: setattr(made.pages[0], "MediaBox", [0, 0, 10_000_000, 10_000_000]))


def external(_canary, address):
    """A Word file whose picture and template are elsewhere."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    told = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relation}/attachedTemplate" Target="{address}" TargetMode="External"/>'
        f'<Relationship Id="r2" Type="{relation}/image" Target="{address}" TargetMode="External"/></Relationships>'
    )
    return samples.docx(more=[("word/_rels/document.xml.rels", told)])


def entity(of):
    def make(canary, address):
        where = {"file": f"file://{canary}", "net": address}[of]
        dtd = f'<!DOCTYPE d [<!ENTITY % x SYSTEM "{where}"> %x; <!ENTITY y SYSTEM "{where}">]>'
        return samples.docx("&y;", dtd=dtd)

    return make


def frames_of_tiff(_canary, _address):
    """A hundred pages that are all the same one."""
    out = io.BytesIO()
    Image.new("L", (50, 50)).save(out, "TIFF", save_all=True, append_images=[Image.new("L", (50, 50))] * 99)
    return out.getvalue()


def ring_of_tiff(_canary, _address):
    body = bytearray(samples.tiff(1))
    at = int.from_bytes(body[4:8], "little")
    count = int.from_bytes(body[at : at + 2], "little")
    place = at + 2 + 12 * count
    body[place : place + 4] = at.to_bytes(4, "little")
    return bytes(body)


def noise_after(start):
    return lambda _canary, _address: start + bytes(range(256)) * 200


def deep_docx(_canary, _address):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", samples.TYPES)
        packed.writestr("word/document.xml", "<a>" * 500_000)
    return out.getvalue()


HOSTILE = {
    "launch.pdf": launches, "home.pdf": calls_home, "outside.pdf": reads_outside, "attached.pdf": attached,
    "forever.pdf": draws_for_ever, "ring.pdf": pages_in_a_ring, "unpacks.pdf": unpacks_for_ever,
    "huge.pdf": huge_page, "external.docx": external, "file.docx": entity("file"), "net.docx": entity("net"),
    "deep.docx": deep_docx, "hundred.tif": frames_of_tiff, "ring.tif": ring_of_tiff,
    "noise.pdf": noise_after(b"%PDF-1.7\n"), "noise.jpg": noise_after(b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    "noise.png": noise_after(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "noise.tif": noise_after(b"II*\0\x08\0\0\0"),
    "noise.heic": noise_after(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    "noise.dcm": noise_after(bytes(128) + b"DICM"), "noise.zip": noise_after(b"PK\x03\x04"),
    "noise.gz": noise_after(b"\x1f\x8b\x08\x00"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_each_ends_in_time_and_reaches_nothing(draft, check, tmp_path, name):
    canary = tmp_path / "canary"
    canary.write_text("CANARYWORDS")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        body = HOSTILE[name](canary, f"http://127.0.0.1:{listener.getsockname()[1]}/x")
        begun = time.monotonic()
        record = samples.store(draft, body, name)
        for _attempt in range(claims.MOST_ATTEMPTS):  # a child that crashes is given another chance
            check(record)
        assert time.monotonic() - begun < SLOWEST
        with pytest.raises(TimeoutError):
            listener.accept()
    assert record.status in ENDS
    assert bool(record.refusal) == (record.status != RecordStatus.READY)
    assert canary.read_text() == "CANARYWORDS"
    assert "CANARYWORDS" not in record.text
    for page in record.pages.all():
        for picture in page.pictures.exclude(key=None):
            with storage.open(picture.key) as file:
                assert file.read(4) == b"RIFF"
