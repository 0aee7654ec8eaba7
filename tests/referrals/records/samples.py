"""Real files, made here or taken from pydicom's own test data, and hostile ones."""

import hashlib
import io
import zipfile

import pikepdf
import pillow_heif
from PIL import Image
from pydicom.data import get_testdata_file

from referrals import storage
from referrals.models import Record
from tests import build
from tests.referrals.records import dicoms

pillow_heif.register_heif_opener()


def store(case, body, name, *, by=None, unsummed=False, **fields):
    """`unsummed`: as an upload in pieces leaves it, whose sum the first check reckons."""
    stored = storage.put(io.BytesIO(body))
    return Record.objects.create(
        case=case, key=stored.key, size=stored.size, sha256="" if unsummed else stored.sha256, name=name,
        added_by=by or case.patient, added_at=build.real_now(), **fields,
    )  # fmt: skip


def ready(case, body, name="letter.pdf", *, kind="pdf", pages=2, **fields):
    """As a check leaves it, without the check."""
    record = store(
        case, body, name, kind=kind, status="ready", checked_at=build.real_now(), page_count=pages, **fields
    )
    for number in range(1, pages + 1):
        draw(record, number)
    return record


def study(case, *, slices=3, by=None, uid=dicoms.STUDY, **told):
    """A study as the checks leave it, without the checks: plain slices whose last 512 bytes are their frame."""
    bodies = [dicoms.slice_(number, study=uid) for number in range(1, slices + 1)]
    facts = {"date": "2026-11-06", "part": "LSPINE", "modality": "CT", "modalities": ["CT"], "images": slices,
             "series": 1, "files": slices, "people": [[["Reyes^Ana"], "1968-03-03"]], **told}  # fmt: skip
    record = store(
        case, bodies[0], "CT scan of the lower back, 6 November 2026", by=by, kind="dicom", type="images",
        status="ready", checked_at=build.real_now(), page_count=slices, study=facts, study_uid=uid,
    )  # fmt: skip
    series = record.series.create(uid=f"{uid}.1", number=1, modality="CT", title="LWS", body_part="LSPINE")
    for number, body in enumerate(bodies, 1):
        stored = storage.put(io.BytesIO(body))
        series.instances.create(
            key=stored.key if number > 1 else record.key, uid=f"{uid}.1.{number}", number=number,
            position=5.0 * number, name=f"IM{number:04d}", size=stored.size, sha256=stored.sha256,
            syntax="1.2.840.10008.1.2.1", frame_count=1, frame_offset=len(body) - 512, frame_bytes=512,
            look=LOOK | {"position": [0, 0, 5.0 * number]},
        )  # fmt: skip
    record.sha256 = hashlib.sha256(b"".join(bodies)).hexdigest()
    record.size = sum(map(len, bodies))
    record.save()
    draw(record, 1)
    return record


LOOK = {
    "rows": 16, "columns": 16, "samples": 1, "bits": 16, "stored": 16, "signed": False, "slope": 1.0,
    "intercept": -1024.0, "photometric": "MONOCHROME2", "windows": [[40.0, 400.0, "SOFT"]], "spacing": [0.5, 0.5],
    "spacing_from": "patient", "aspect": 1.0, "thickness": 5.0, "orientation": [1, 0, 0, 0, 1, 0],
}  # fmt: skip


def draw(record, number, body=None):
    """A page with its picture at the normal scale."""
    page = record.pages.create(number=number, width=640, height=480)
    key = storage.put(io.BytesIO(body or picture("WEBP"))).key
    page.pictures.create(scale="normal", key=key, width=640, height=480)
    return page


def upload(body, name):
    file = io.BytesIO(body)
    file.name = name
    return file


def pdf(pages=1, *, mark="A letter", encryption=None, script=None, size=(612, 792)):
    made = pikepdf.new()
    for number in range(pages):
        made.add_blank_page(page_size=size)
        words = f"BT /F1 24 Tf 72 700 Td ({mark} {number + 1}) Tj ET".encode()
        page = made.pages[-1]
        page.Contents = made.make_stream(words)
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        )
    made.docinfo["/CreationDate"] = "D:20261102090000Z"
    if script:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=script)
    out = io.BytesIO()
    made.save(out, encryption=encryption or False, deterministic_id=not encryption)
    return out.getvalue()


def locked_pdf():
    return pdf(encryption=pikepdf.Encryption(user="secret", owner="secret"))


def picture(kind="JPEG", size=(640, 480), color="teal", **options):
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind, **options)
    return out.getvalue()


def photo_with_place():
    exif = Image.Exif()
    exif[0x0110] = "MARKCAMERA 9"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8769)[0x9003] = "2026:11:03 10:20:30"
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 52.0, 0.0), 3: "W", 4: (87.0, 37.0, 0.0)})
    return picture(exif=exif)


def tiff(pages=3):
    out = io.BytesIO()
    leaves = [Image.new("L", (300, 400), 40 * n) for n in range(pages)]
    leaves[0].save(out, "TIFF", save_all=True, append_images=leaves[1:])
    return out.getvalue()


def dicom(name="CT_small.dcm"):
    with open(get_testdata_file(name, download=False), "rb") as file:
        return file.read()


DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>{dtd}<w:document xmlns:w='
    '"http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>{text}</w:t></w:r></w:p><w:p><w:r><w:t>Second line</w:t></w:r></w:p></w:body></w:document>"
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = f'<Types><Override ContentType="{MAIN}"/></Types>'


def docx(text="Dear colleague", *, dtd="", more=(), types=TYPES):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", types)
        packed.writestr("word/document.xml", DOCUMENT.format(text=text, dtd=dtd))
        for name, body in more:
            packed.writestr(name, body)
    return out.getvalue()


def zipped(*names):
    return zip_of((name, b"hello") for name in names or ("a.txt",))


def zip_of(files, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as packed:
        for name, body in files:
            packed.writestr(name, body)
    return out.getvalue()
