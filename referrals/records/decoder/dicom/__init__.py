"""DICOM: whose it is, which study, series and image, how its frames lie and how to show them.

`source` opens a file as far as its pixels, `facts` says what it is, `look` how to show it, `layout` where its
frames lie or why they can't be shown; `frames` decodes what can't be served as it lies; `picture` draws one.
Pixels are never read to identify a file. Not for diagnosis.
"""

from referrals.records.decoder import Refused
from referrals.records.decoder.dicom import facts, frames, layout, picture, source

__all__ = ["draw", "frames", "prove"]
DIRECTORY = "1.2.840.10008.1.3.10"


def prove(file, _kind, _password=None):
    found = source.open_(file)
    said = source.text(found.meta, "MediaStorageSOPClassUID")
    if said == DIRECTORY or "DirectoryRecordSequence" in found.data:
        raise Refused("dicomdir")
    if not said and not facts.says_anything(found.data):
        raise Refused("unreadable")
    study = facts.study(found.data) | {"file": layout.layout(found)}
    count = study["images"] = study["file"]["frame_count"]
    return {"study": study, "dated_on": study["date"], "page_count": 1 if count else 0}


def leaves(file, _first, _last, _kind, _password=None):
    """Nothing: a study has pictures, no pages."""
    return {"pages": []}


def draw(file, out, _numbers, _kind, _password=None, scale="normal"):
    """The middle frame as page 1, or none: the study stands without it."""
    picture.hand_out(file, out, scale)
