"""The first look: what a file seems to be, the proof by parsing; and its pages as pictures."""

from importlib import import_module

from referrals.records.decoder import Refused, job, sniff
from referrals.records.decoder.child import BROKEN_FILE

READERS = {
    "pdf": "pdf",
    "jpeg": "pictures",
    "png": "pictures",
    "tiff": "pictures",
    "heic": "pictures",
    "dicom": "dicom",
    "docx": "docx",
    "text": "text",
    "archive": "archives",
    "ccda": "summaries",
    "fhir": "summaries",
}
TOO_LARGE = {  # of what is no picture, where it takes too much memory
    "ccda": "summary_too_large", "fhir": "summary_too_large", "pdf": "packed_too_tight", "docx": "packed_too_tight",
}  # fmt: skip


@job
def identify(original, _out, password=None):
    """A dict: kind, page_count, text, study, dated_on; or Refused, with the kind as far as it is known."""
    kind = sniff.kind_of(original)
    try:
        found = _reader(kind).prove(original, kind, password)
    except Refused as refused:
        raise Refused(refused.code, refused.kind or kind) from refused
    except MemoryError:
        raise Refused(TOO_LARGE.get(kind, "too_many_pixels"), kind) from None
    except BROKEN_FILE:
        raise Refused("unreadable", kind) from None
    return {"kind": kind} | found


@job
def leaves(original, _out, kind, first, last, password=None):
    """Pages `first` to `last`: {"pages": [[number, width, height, text, words], …], "dated_on": day or ""}.

    Sizes are pixels at the normal scale; `words` are as RecordPage keeps them. A broken page has no words.
    """
    return _reader(kind).leaves(original, first, last, kind, password)


@job
def draw(original, out, kind, numbers, scale="normal", password=None):
    """Blobs, each a WebP: {"page": number, "width": pixels, "height": pixels}. A broken page is left out."""
    _reader(kind).draw(original, out, numbers, kind, password, scale)
    return {}


def _reader(kind):
    return import_module(f"referrals.records.decoder.{READERS[kind]}")
