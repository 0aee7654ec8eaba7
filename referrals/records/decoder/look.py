"""The order of a look: what it seems to be, the proof by parsing, then its pages."""

from importlib import import_module

from referrals.records.decoder import Refused, sniff
from referrals.records.decoder.words import clean

READERS = {
    "pdf": "pdf",
    "jpeg": "pictures",
    "png": "pictures",
    "tiff": "pictures",
    "heic": "pictures",
    "dicom": "dicom",
    "docx": "docx",
    "text": "text",
}


def look(file, folder, first, last, kind=""):
    """A dict: kind, refusal, page_count, text, study, dated_on. Pages are written into `folder`."""
    known = kind or sniff.kind_of(file)
    reader = import_module(f"referrals.records.decoder.{READERS[known]}")
    try:
        if kind:
            reader.render(file, folder, first, last, kind)
            return {"kind": kind}
        found = reader.prove(file, known, folder)
        if found.get("page_count"):
            reader.render(file, folder, first, min(last, found["page_count"]), known)
    except Refused as refused:
        raise Refused(refused.code, known) from refused
    except MemoryError:
        raise Refused("too_many_pixels", known) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, EOFError, ArithmeticError,
            NotImplementedError, RecursionError, SyntaxError, RuntimeError):  # fmt: skip
        raise Refused("unreadable", known) from None
    return {"kind": known, "refusal": ""} | {name: clean(value) for name, value in found.items()}
