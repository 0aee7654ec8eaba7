"""Documents of many kinds bound into one PDF: pages alone, nothing of a file that acts, links or hides.

Of a PDF's page only what it looks like stays (what was filled in or stamped on it becomes part of the page). A picture
becomes a page of letter size at most. Each page gets its number at the foot.
"""

import contextlib
import io

import pikepdf

from referrals.records.decoder import Refused, child, job, limits, pictures
from referrals.records.decoder.remote import Readable

# What a page looks like (ISO 32000-2, table 31); the rest of it acts, links or describes.
LOOKS = {"/Type", "/MediaBox", "/CropBox", "/Resources", "/Contents", "/Rotate", "/UserUnit", "/Group"}
SHEET = (612, 792)  # points: letter
LINE_HEIGHT, LINE_SIZE = 11, 8
LETTER_WIDTH = 0.65  # of the font's size, for capitals and digits
# What can't be unpacked is taken over as it is: a viewer may still draw most of it.
AS_IT_IS = {
    "object_stream_mode": pikepdf.ObjectStreamMode.generate, "stream_decode_level": pikepdf.StreamDecodeLevel.none,
    "compress_streams": False,
}  # fmt: skip
UNREADABLE = "This page could not be read. The file is damaged here."


@job
def count_to_bind(original, _out, kind, password=None):
    """{"pages": how many pages the file has once it is bound}; Refused where it can't be."""
    if kind != "pdf":
        return {"pages": pictures.count(original, kind)}
    with pikepdf.new() as bound:
        _append_pdf(bound, original, password)
        return {"pages": len(bound.pages)}


@job
def bind(original, out, parts, title, foot):
    """One blob, a PDF: the parts one after the other.

    `original` is all files joined; a part is {"start", "size", "kind", "password", "name", "pages"}, of which `pages`
    were counted before. The first is the index, whose pages are numbered in Roman letters and bear no foot.
    """
    with pikepdf.new() as bound:
        begins = []
        for part in parts:
            begins.append(len(bound.pages))
            _append(bound, _Part(original, part["start"], part["size"]), part["kind"], part.get("password"))
            if len(bound.pages) - begins[-1] != part["pages"]:
                raise Refused("unreadable")
        front = begins[1] if len(begins) > 1 else len(bound.pages)
        for number, page in enumerate(list(bound.pages)[front:], 1):
            _put_line(bound, page, f"{foot} \xb7 {number}")
        _name(bound, title, front)
        with bound.open_outline() as outline:
            outline.root.extend(
                pikepdf.OutlineItem(part["name"], at) for part, at in zip(parts, begins, strict=True)
            )
        with out.opened({}) as stream:
            bound.save(stream, **AS_IT_IS)
    return {}


def _append(bound, file, kind, password):
    if kind == "pdf":
        _append_pdf(bound, file, password)
        return
    for picture in pictures.upright(file, kind, "print"):
        if picture:
            _append_pdf(bound, _sheet(picture))
        else:
            _put_line(bound, bound.add_blank_page(page_size=SHEET), UNREADABLE, up=SHEET[1] / 2)


def _append_pdf(bound, file, password=None):
    file.seek(0)
    try:
        found = pikepdf.open(file, password=password or "")
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    except pikepdf.PdfError:
        raise Refused("unreadable") from None
    with contextlib.suppress(*child.BROKEN_FILE, pikepdf.PdfError):  # then without what was written on top
        found.generate_appearance_streams()
    with contextlib.suppress(*child.BROKEN_FILE, pikepdf.PdfError):
        found.flatten_annotations("screen")
    bound.pages.extend(found.pages)
    for page in list(bound.pages)[-len(found.pages) :]:
        for name in set(page.obj.keys()) - LOOKS - {"/Parent"}:
            del page.obj[name]


def _sheet(picture):
    """A picture as a PDF of one page, on letter paper as large as it fits, lying or upright."""
    dots = max(72 * side / most for side, most in zip(sorted(picture.size), SHEET, strict=True))
    made = io.BytesIO()
    picture.save(made, "PDF", resolution=dots, quality=limits.SCALES["print"].quality)
    return made


def _put_line(bound, page, words, *, up=0):
    """A small line on a white ground, `up` from the side that is below for whoever looks at the page."""
    width = len(words) * LINE_SIZE * LETTER_WIDTH + 8
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )  # fmt: skip
    drawn = f"1 g 0 0 {width} {LINE_HEIGHT} re f BT 0 g /F {LINE_SIZE} Tf 4 3 Td ({words}) Tj ET"
    line = pikepdf.Stream(bound, drawn.encode("cp1252"))
    line.Type, line.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    line.BBox = [0, 0, width, LINE_HEIGHT]
    line.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    # Not `add_overlay`: it would unpack what is on the page, which fails where that is damaged.
    name = page.add_resource(line, pikepdf.Name.XObject)
    drawn = page.calc_form_xobject_placement(line, name, _place_of(page, width, up))
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\nQ\n" + drawn)


def _place_of(page, width, up):
    """In the page's own directions: a page that is turned has what is below at another side."""
    left, bottom, right, top = (float(side) for side in page.cropbox)
    x, y = (left + right - width) / 2, (bottom + top - width) / 2
    turned = int(page.obj.get("/Rotate", 0)) % 360
    if turned == 90:
        return pikepdf.Rectangle(right - up - LINE_HEIGHT, y, right - up, y + width)
    if turned == 270:
        return pikepdf.Rectangle(left + up, y, left + up + LINE_HEIGHT, y + width)
    if turned == 180:
        return pikepdf.Rectangle(x, top - up - LINE_HEIGHT, x + width, top - up)
    return pikepdf.Rectangle(x, bottom + up, x + width, bottom + up + LINE_HEIGHT)


def _name(bound, title, front):
    bound.docinfo["/Title"] = title
    bound.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    bound.Root.PageLabels = pikepdf.Dictionary(
        Nums=[0, pikepdf.Dictionary(S=pikepdf.Name.r), front, pikepdf.Dictionary(S=pikepdf.Name.D)]
    )


class _Part(Readable):
    """A stretch of the joined files, as a file of its own."""

    def __init__(self, file, start, size):
        super().__init__(size)
        self._file, self._start = file, start

    def readinto(self, space):
        left = max(min(len(space), self.size - self._at), 0)
        self._file.seek(self._start + self._at)
        got = self._file.readinto(memoryview(space)[:left]) if left else 0
        self._at += got
        return got
