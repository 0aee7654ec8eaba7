"""Real files, as people have them: letters as PDF, a photo of one, a scan of a hospital's machine."""

from datetime import date

import pikepdf
from PIL import Image, ImageDraw
from pydicom.data import get_testdata_file

WORDS = (
    "Millpond Spine Center. Report of the visit. Slipped bone in the lower back, grade 1. "
    "We plan screws and rods. Six weeks of pain going down the left leg, worse on standing."
)


def pdf(path, title="Letter from the first doctor", pages=2, password=None):
    """Pages with real text in a standard font, so that a renderer has something to draw."""
    made = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for number in range(1, pages + 1):
        lines = [
            f"{title}, page {number} of {pages}",
            *(WORDS[at : at + 60] for at in range(0, len(WORDS), 60)),
        ]
        shown = " T* ".join(f"({line}) Tj" for line in lines)
        page = made.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = made.make_stream(f"BT /F1 14 Tf 20 TL 60 760 Td {shown} ET".encode())
    lock = pikepdf.Encryption(owner="keeper", user=password) if password else False
    made.save(path, encryption=lock)
    return path


def photo(path):
    """A photo of a letter, a little crooked."""
    picture = Image.new("RGB", (1200, 1600), "#d9d4c8")
    paper = Image.new("RGB", (1000, 1400), "white")
    ink = ImageDraw.Draw(paper)
    for row in range(18):
        ink.text((80, 80 + row * 60), WORDS[row * 5 : row * 5 + 70], fill="#222", font_size=24)
    picture.paste(paper.rotate(2, expand=False, fillcolor="#d9d4c8"), (100, 100))
    picture.save(path, "JPEG", quality=80)
    return path


def scan(path):
    """A CT slice that comes with pydicom."""
    with open(get_testdata_file("CT_small.dcm"), "rb") as found:
        path.write_bytes(found.read())
    return path


def note(path):
    path.write_text(
        f"Medicines, as of {date(2026, 11, 1)}:\nIbuprofen 400 mg, twice a day\n", encoding="utf-8"
    )
    return path
