"""What the parent does once with files of its own making, so that libraries load what they load late.

A child opens no files: a library that would then look for a module, a table or a random number finds none.
"""

import encodings
import io
import pkgutil
from importlib import import_module

import pikepdf
import pyzipper
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from referrals.records import decoder
from referrals.records.decoder import dicom

WINDOWS_ONLY = ("mbcs", "oem")
SIDE = 64
PASSWORD = "known to all"  # noqa: S105 of nothing


def rehearse():
    _load_modules()
    _locked_pdf()
    _locked_zip()
    for syntax in (ExplicitVRLittleEndian, RLELossless, JPEG2000Lossless):
        _study(syntax)


def _load_modules():
    for module in pkgutil.iter_modules(decoder.__path__):
        if module.name != "__main__":
            import_module(f"{decoder.__name__}.{module.name}")
    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in WINDOWS_ONLY:
            import_module(f"encodings.{module.name}")
    Image.init()


def _locked_pdf():
    made, packed = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(packed, encryption=pikepdf.Encryption(user=PASSWORD, owner=PASSWORD))
    packed.seek(0)
    with pikepdf.open(packed, password=PASSWORD):
        pass


class _Original(io.BytesIO):
    """As `remote.Original`: a file that knows its size."""

    size = 0


def _study(syntax):
    """Greys without a window, and a few bits of them: the paths of numpy and of the codecs."""
    made = FileDataset("", {}, file_meta=FileMetaDataset())
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID = made.SOPInstanceUID = made.StudyInstanceUID = "1.2"
    made.Rows = made.Columns = SIDE
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PixelRepresentation = 1, "MONOCHROME2", 0
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 12, 11
    made.PixelData = bytes(range(256)) * (2 * SIDE * SIDE // 256)
    if syntax != ExplicitVRLittleEndian:
        made.compress(syntax)
    packed = _Original()
    made.save_as(packed, enforce_file_format=True)
    packed.size = packed.tell()
    if dicom.picture.middle(dicom.source.open_(packed)) is None:
        raise RuntimeError(syntax)


def _locked_zip():
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", encryption=pyzipper.WZ_AES) as made:
        made.setpassword(PASSWORD.encode())
        made.writestr("a", b"b")
    with pyzipper.AESZipFile(packed) as found:
        found.setpassword(PASSWORD.encode())
        found.read("a")
