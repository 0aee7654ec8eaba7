"""The demo's files, made on the spot: PDF letters, photos of paper, and scans of shapes.

`all_of(kind, story, asked_on)` gives (file name, record type, bytes) of each. Every page says that it is invented.
"""

import datetime as dt
import io
import random
import textwrap

import pikepdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from referrals.management.demo import scans
from referrals.vocabulary import RecordType

SLICES = 16
A4 = (595, 842)  # points
INVENTED = "Sample record. Every person, clinic and finding in it is invented."


def _pdf(title, paragraphs, *, on, author):
    """A real text PDF with as many pages as the words need."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    ))  # fmt: skip
    lines = [(18, title), (10, f"{author}, {on:%d %B %Y}"), (8, "")]
    for paragraph in paragraphs:
        lines += [(11, line) for line in textwrap.wrap(paragraph, 82)] + [(8, "")]
    lines.append((9, INVENTED))
    for start in range(0, len(lines), 42):
        _add_page(pdf, font, lines[start : start + 42])
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = title
        metadata["xmp:CreateDate"] = f"{on:%Y-%m-%d}T09:00:00Z"
    pdf.docinfo["/CreationDate"] = f"D:{on:%Y%m%d}090000Z"
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _add_page(pdf, font, lines):
    stream, y = [b"BT"], A4[1] - 80
    for size, line in lines:
        words = (
            line.encode("cp1252", "replace")
            .replace(b"\\", b"\\\\")
            .replace(b"(", b"\\(")
            .replace(b")", b"\\)")
        )
        stream.append(b"/F1 %d Tf 1 0 0 1 64 %d Tm (%s) Tj" % (size, y, words))
        y -= size * 1.55
    stream.append(b"ET")
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page, MediaBox=[0, 0, *A4], Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
        Contents=pdf.make_stream(b"\n".join(stream)),
    )  # fmt: skip
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _photo(title, words, *, seed):
    """A page as a phone sees it: a little turned, a little soft, with a shadow."""
    chance = random.Random(seed)  # noqa: S311  looks alone
    paper = Image.new("RGB", (900, 1190), (247, 244, 236))
    pen = ImageDraw.Draw(paper)
    large, small = ImageFont.load_default(40), ImageFont.load_default(25)
    pen.text((80, 88), title, (40, 40, 52), font=large)
    for n, line in enumerate(textwrap.wrap(words, 52) + ["", *textwrap.wrap(INVENTED, 52)]):
        pen.text((80, 190 + n * 41), line, (52, 52, 64), font=small)
    table = Image.new("RGB", (1140, 1440), (104 + chance.randint(0, 30), 88, 74))
    table.paste(paper, (120, 125))
    shade = Image.radial_gradient("L").resize(table.size).point(lambda value: 60 + value // 2)
    table = Image.composite(
        Image.new("RGB", table.size, (30, 26, 22)), table, shade.point(lambda value: value // 3)
    )
    table = table.rotate(chance.uniform(-3, 3), resample=Image.Resampling.BILINEAR, fillcolor=(96, 80, 66))
    out = io.BytesIO()
    table.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=82)
    return out.getvalue()


LETTER = (
    "Dear colleague,", "thank you for seeing {name}, born {born}.",
    "I found: {diagnosis}. {name} has told me of the trouble since the summer; it has grown worse in the last weeks. "
    "Walking, sitting and sleep are all touched by it.",
    "What I advise: {plan}. We talked about what it can do and what it can't, and about the risks. The patient would like "
    "to think it over, and asked for another view. I have nothing against it.",
    "With kind regards,", "Dr. {doctor}, {practice}",
)  # fmt: skip
REPORT = (
    "Reason: {diagnosis}.", "Compared with: nothing earlier.",
    "Findings: the parts in view are well shown. There is a change that fits the question; it is described in the table "
    "below by place and size. No fracture, no sign of infection, nothing else that needs care.",
    "Summary: the finding fits what was asked. Please compare with how the patient is.", "Read by Dr. Quillon Reed, radiologist.",
)  # fmt: skip
PATHOLOGY = (
    "Material: several cores, in formalin.",
    "Seen under the microscope: tissue with a change that fits: {diagnosis}.",
    "The edges are described in the table. Further stains were done; the result is below.",
    "Summary: see above. A second reading of the slides is possible; they are kept here.",
)
LAB = (
    "Hemoglobin 13.1, white cells 6.2, platelets 244.",
    "Liver and kidney values in the usual range.",
    "CRP 14, a little raised.",
)
PLAN_WORDS = (
    "Plan for {name}: {plan}.",
    "Begin: as agreed. Checks every three weeks.",
    "Call us with fever or new pain.",
)


def all_of(kind, story, asked_on, number=1):
    """The files of a kind: one, or the slices of a scan; many for those who can sign in."""
    if kind not in scans.KINDS:
        return [make(kind, story, asked_on, number)]
    on = asked_on - dt.timedelta(days=9 + 3 * number)
    return scan(kind, story, on, SLICES if story.login else 1)


def scan(kind, story, on, count):
    bodies = scans.slices(kind, name=story.name, born=story.born, on=on, count=count)
    return [(f"IM{n:06d}", RecordType.IMAGES, body) for n, body in enumerate(bodies, 1)]


def make(kind, story, asked_on, number=1):
    """One file of a kind for a story: (name, record type, bytes)."""
    on = asked_on - dt.timedelta(days=9 + 3 * number)
    words = {
        "name": story.name, "born": story.born, "diagnosis": story.diagnosis or "no clear cause",
        "plan": story.plan or "to look again in some weeks", "doctor": story.doctor, "practice": story.practice,
    }  # fmt: skip

    def told(parts):
        return [part.format(**words) for part in parts]

    if kind == "photo":
        body = _photo("Letter of the practice", " ".join(told(LETTER)), seed=story.name)
        return "IMG_2041.jpg", RecordType.LETTER, body
    if kind == "medicines":
        body = _photo(
            "My medicines",
            "Morning: one white tablet for the blood pressure. Evening: one for the pain.",
            seed=story.born,
        )
        return "My medicines.jpg", RecordType.MEDICINES, body
    title, parts, record_type = PDFS[kind]
    return f"{title}.pdf", record_type, _pdf(title, told(parts), on=on, author=story.practice)


PDFS = {
    "letter": ("Doctor’s letter", LETTER, RecordType.LETTER),
    "letter2": ("Letter of the second visit", LETTER, RecordType.LETTER),
    "report": ("Report of the scan", REPORT, RecordType.IMAGING_REPORT),
    "pathology": ("Pathology report", PATHOLOGY, RecordType.PATHOLOGY),
    "lab": ("Lab results", LAB, RecordType.LAB),
    "plan": ("Treatment plan", PLAN_WORDS, RecordType.PLAN),
}


def forty(story, asked_on):
    """Forty records over three years, as long treatments leave them."""
    kinds = ["letter", "report", "lab", "pathology", "plan", "lab", "report", "letter"]
    for n in range(36):
        kind = kinds[n % len(kinds)]
        title, parts, record_type = PDFS[kind]
        on = asked_on - dt.timedelta(days=20 + n * 29)
        words = {"name": story.name, "born": story.born, "diagnosis": story.diagnosis, "plan": story.plan,
                 "doctor": story.doctor, "practice": story.practice}  # fmt: skip
        body = _pdf(
            f"{title}, visit {36 - n}", [part.format(**words) for part in parts], on=on, author=story.practice
        )
        yield f"{title} {on:%Y-%m-%d}.pdf", record_type, body
    yield make("photo", story, asked_on)
    yield make("medicines", story, asked_on)
    for n in (1, 2):
        yield from scan("ct", story, asked_on - dt.timedelta(days=30 * n), 1)
