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

from referrals.records import decoder

WINDOWS_ONLY = ("mbcs", "oem")
PASSWORD = "known to all"  # noqa: S105 of nothing


def rehearse():
    _load_modules()
    _locked_pdf()
    _locked_zip()


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


def _locked_zip():
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", encryption=pyzipper.WZ_AES) as made:
        made.setpassword(PASSWORD.encode())
        made.writestr("a", b"b")
    with pyzipper.AESZipFile(packed) as found:
        found.setpassword(PASSWORD.encode())
        found.read("a")
