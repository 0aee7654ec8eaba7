"""What documents carry in them, as plain bytes for the virus check alone: nothing that is handed out here is kept.

A scanner need not know how PDF packs an attachment, or what base64 in a health summary hides.
"""

import io

from referrals.records.decoder import Refused, ccda, fhir, job, limits, pdf

READERS = {"pdf": pdf, "ccda": ccda, "fhir": fhir}
DEEPEST = 3  # PDFs in each other


@job
def carried(original, out, kind, password=None):
    """Blobs without names. Refused where it can't be said what is inside."""
    for number, body in enumerate(_inside(original, kind, password), 1):
        if number > limits.MOST_CARRIED:
            raise Refused("packed_too_tight", kind)
        out.blob({}, body)
    return {}


def _inside(file, kind, password=None, depth=1):
    if depth > DEEPEST:
        raise Refused("nested_too_deep", kind)
    for body in READERS[kind].carried(file, password):
        if body:
            yield body
        if body[:1024].lstrip().startswith(b"%PDF-"):
            yield from _inside(io.BytesIO(body), "pdf", depth=depth + 1)
