"""JPEG, PNG, TIFF with its pages, HEIC. Sizes are read from the header before anything is unpacked."""

import struct
import zlib

import pillow_heif
from PIL import ExifTags, Image, ImageOps

from referrals.records.decoder import Refused, limits, pages, words

Image.MAX_IMAGE_PIXELS = None  # `_affordable` asks first, with limits of its own
BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error)
PILLOW = {"jpeg": ["JPEG"], "png": ["PNG"], "tiff": ["TIFF"], "heic": ["HEIF"]}


def prove(file, kind, _password=None):
    picture = _open(file, kind)
    _affordable(picture, kind)
    return {"page_count": count(file, kind), "dated_on": _dated(picture)}


def leaves(file, first, last, kind, _password=None):
    """Sizes alone: what a picture says only a machine can read."""
    turned = _Turned(file, kind)
    return {"pages": [[number, *_size(turned, number), "", []] for number in range(first, last + 1)]}


def _size(turned, number):
    try:
        picture = turned.to(number)
        width, height = picture.size
        lies = picture.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
        return pages.fitted(height, width) if lies else pages.fitted(width, height)
    except BROKEN:
        return 850, 1100


def draw(file, out, numbers, kind, _password=None, scale="normal"):
    """A page that can't be opened is left out, unless none can."""
    made, failed = 0, None
    for number in numbers:
        try:
            picture = _open(file, kind)
            picture.seek(number - 1) if number > 1 else None
            _affordable(picture, kind)
            pages.hand_out(_upright(picture, kind, scale), out, number, scale)
            made += 1
        except (*BROKEN, Refused) as error:
            failed = error
    if not made and failed:
        raise failed


def count(file, kind):
    return getattr(_open(file, kind), "n_frames", 1) if kind == "tiff" else 1


def upright(file, kind, scale):
    """Its pages one after the other, as somebody looks at them; None for one that can't be opened."""
    turned = _Turned(file, kind)
    for number in range(1, count(file, kind) + 1):
        try:
            picture = turned.to(number)
            _affordable(picture, kind)
            yield _upright(picture, kind, scale)
        except (*BROKEN, Refused):
            yield None


class _Turned:
    """A picture that is opened once and turned from page to page: each page of a TIFF is found by the one before it."""

    def __init__(self, file, kind):
        self.file, self.kind, self.picture = file, kind, None

    def to(self, number):
        self.picture = self.picture or _open(self.file, self.kind)
        if number > 1:
            self.picture.seek(number - 1)
        return self.picture


def _open(file, kind):
    file.seek(0)
    if kind == "heic":
        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    try:
        return Image.open(file, formats=PILLOW[kind])
    except (struct.error, zlib.error, SyntaxError) as error:
        raise OSError from error


def _affordable(picture, kind):
    most = limits.MOST_PIXELS_SCALED if kind == "jpeg" else limits.MOST_PIXELS
    width, height = picture.size
    if width < 1 or height < 1:
        raise Refused("unreadable")
    if width * height > most or max(width, height) > limits.LONGEST_SIDE:
        raise Refused("too_many_pixels")


def _upright(picture, kind, scale):
    if picture.mode in ("P", "PA", "CMYK", "LAB", "YCbCr") and kind != "jpeg":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        picture = pages.on_white(picture)
    picture = pages.fit(picture, scale)
    return pages.on_white(ImageOps.exif_transpose(picture))


def _dated(picture):
    """The day a photo was taken. It says when the page was photographed, at the latest."""
    try:
        exif = picture.getexif()
        taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        return words.day_of_digits(taken or exif.get(ExifTags.Base.DateTime))
    except Exception:  # whatever a broken EXIF block does, the picture stands without it
        return ""
