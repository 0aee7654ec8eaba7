"""Opening a DICOM file as far as its pixels: with and without preamble, implicit, big endian, deflated."""

import io
import math
import warnings
import zlib
from dataclasses import dataclass

import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.filereader import _read_file_meta_info, read_dataset, read_partial, read_preamble

from referrals.records.decoder import Refused, limits, words

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
BIG_ENDIAN, DEFLATED = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
MOST_INFLATED = 256 * limits.MIB
PIECE = 256 * 1024
PIXELS = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}
LONG_HEADS = frozenset(("OB", "OD", "OF", "OL", "OW", "OV", "UN", "SQ", "UC", "UR", "UT", "SV", "UV"))
WANTED = (
    "SOPClassUID", "SOPInstanceUID", "StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate",
    "AcquisitionDateTime", "AcquisitionTime", "ContentTime", "SeriesTime", "StudyTime", "Modality",
    "InstitutionName", "StudyDescription", "SeriesDescription", "PatientName", "PatientID", "PatientBirthDate",
    "PatientSex", "BodyPartExamined", "SliceThickness", "StudyInstanceUID", "SeriesInstanceUID",
    "SeriesNumber", "InstanceNumber", "ImagePositionPatient", "ImageOrientationPatient", "Laterality",
    "ImageLaterality", "SliceLocation", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration",
    "NumberOfFrames", "Rows", "Columns", "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing",
    "PixelAspectRatio", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "WindowCenter",
    "WindowWidth", "WindowCenterWidthExplanation", "RescaleIntercept", "RescaleSlope", "ModalityLUTSequence",
    "VOILUTFunction", "VOILUTSequence", "PixelPaddingValue", "PixelPaddingRangeLimit",
    "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableData", "BluePaletteColorLookupTableData",
    "SegmentedRedPaletteColorLookupTableData", "SegmentedGreenPaletteColorLookupTableData",
    "SegmentedBluePaletteColorLookupTableData", "AnatomicRegionSequence", "FrameTime", "CineRate",
    "RecommendedDisplayFrameRate", "PixelSpacingCalibrationType",
    "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "DirectoryRecordSequence",
    "SequenceOfUltrasoundRegions", "LossyImageCompression", "ExtendedOffsetTable", "ExtendedOffsetTableLengths",
)  # fmt: skip
TAGS = [tag_for_keyword(keyword) for keyword in WANTED]


@dataclass
class Source:
    """`data` holds what is WANTED; the pixels' value begins at `pixels_at` of `file` (-1: there are none)."""

    file: object
    size: int
    meta: Dataset
    data: Dataset
    syntax: str
    pixels_at: int = -1
    pixels_length: int = 0  # -1: it isn't said, as where they are packed
    keyword: str = ""
    vr: str = "OW"  # of the pixels

    @property
    def pixels_end(self):
        end = self.pixels_at + self.pixels_length
        return self.size if self.pixels_length < 0 else min(end, self.size)


def open_(file):
    file.seek(0)
    read_preamble(file, force=True)
    meta = _read_file_meta_info(file)
    stop = _Stop()
    if text(meta, "TransferSyntaxUID") == DEFLATED:
        file = _inflated(file)
        data = read_dataset(file, False, True, stop_when=stop, specific_tags=TAGS)
        found = Source(file, len(file.getbuffer()), meta, data, DEFLATED)
    else:
        file.seek(0)
        data = read_partial(file, stop_when=stop, force=True, specific_tags=TAGS)
        found = Source(file, file.size, meta, data, _syntax(data, meta))
    if stop.tag:
        found.keyword, found.vr = PIXELS[stop.tag], stop.vr or "OW"
        found.pixels_at = file.tell() + (12 if stop.vr in LONG_HEADS and not _is_implicit(data) else 8)
        found.pixels_length = -1 if stop.length == 0xFFFFFFFF else stop.length
    return found


class _Stop:
    """Asked at each element; remembers the one that holds the pixels."""

    tag, vr, length = 0, "", 0

    def __call__(self, tag, vr, length):
        if tag in PIXELS:
            self.tag, self.vr, self.length = int(tag), vr, length
        return bool(self.tag)


def _is_implicit(data):
    encoding = getattr(data, "original_encoding", (False, True))
    return bool(encoding[0])


def _syntax(data, meta):
    """As the file says, or as it was read."""
    if said := text(meta, "TransferSyntaxUID"):
        return said[:64]
    is_implicit, is_little = getattr(data, "original_encoding", (True, True))
    return IMPLICIT if is_implicit else EXPLICIT if is_little else BIG_ENDIAN


def _inflated(file):
    """All that follows, unpacked; refused where it grows too large."""
    unpacker, made = zlib.decompressobj(-zlib.MAX_WBITS), io.BytesIO()
    while (piece := file.read(PIECE)) and not unpacker.eof:
        while piece and not unpacker.eof:
            made.write(unpacker.decompress(piece, PIECE))
            if made.tell() > MOST_INFLATED:
                raise Refused("packed_too_tight")
            piece = unpacker.unconsumed_tail
    made.write(unpacker.flush(PIECE))
    made.seek(0)
    return made


# --- what an element says, however broken ---------------------------------------------------------


def value(data, keyword):
    try:
        return data.get(keyword)
    except Exception:  # one broken element spoils no other
        return None


def text(data, keyword, most=200):
    found = value(data, keyword)
    return words.clean(" ".join(str("" if found is None else found).replace("^", " ").split()), most)


def number(data, keyword, default=0, most=10**7):
    """A whole number from 0 up."""
    try:
        found = value(data, keyword)
        return min(max(int(default if found in (None, "") else found), 0), most)
    except (TypeError, ValueError, OverflowError):
        return default


def numbers(data, keyword, count=None):
    """A list of plain finite floats, or None; with `count`, of so many."""
    found = value(data, keyword)
    if found is None or isinstance(found, bytes):
        return None
    several = found if hasattr(found, "__iter__") and not isinstance(found, str) else [found]
    try:
        made = [float(each) for each in several][:32]
    except (TypeError, ValueError, OverflowError):
        return None
    if not made or (count and len(made) != count) or not all(map(math.isfinite, made)):
        return None
    return made


def first(data, keyword):
    """The first item of a sequence, or an empty dataset."""
    found = value(data, keyword)
    return found[0] if isinstance(found, pydicom.Sequence) and len(found) else Dataset()


def items(data, keyword):
    found = value(data, keyword)
    return found if isinstance(found, pydicom.Sequence) else []
