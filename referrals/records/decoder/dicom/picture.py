"""One frame as a small picture, for lists: the middle one, in the window the file names."""

import numpy as np
from PIL import Image

from referrals.records.decoder import pages
from referrals.records.decoder.dicom import layout, source
from referrals.records.decoder.dicom.frames import BROKEN_FRAME, Frames


def hand_out(file, out, scale):
    try:
        picture = middle(source.open_(file))
    except BROKEN_FRAME:
        picture = None
    if picture is not None:
        pages.hand_out(pages.fit(picture, scale), out, 1, scale)


def middle(found):
    told = layout.layout(found)
    if told["problem"] or not told["frame_count"]:
        return None
    frames = Frames(found, told)
    values = frames.values(told["frame_count"] // 2)
    if values is None:
        return None
    shown = told["look"] | frames.changes()
    picture = Image.fromarray(values) if values.ndim == 3 else Image.fromarray(greys(values, shown))
    return _upright(picture, shown["aspect"])


def greys(values, shown):
    """256 greys of stored values."""
    stored = values.astype("f8")
    if shown["stored"] < shown["bits"]:
        stored = _of_stored_bits(values, shown)
    meant = stored * shown["slope"] + shown["intercept"]
    if shown["windows"]:
        centre, width, _name = shown["windows"][0]
        low, high = centre - width / 2, centre + width / 2
    else:
        low, high = np.percentile(_without_padding(meant, stored, shown), (0.5, 99.5))
    spread = _bright(np.clip((meant - low) / ((high - low) or 1.0), 0, 1), meant, shown)
    return 255 - spread if shown["photometric"] == "MONOCHROME1" else spread


def _without_padding(meant, stored, shown):
    low, high = shown.get("padding") or (1, 0)
    kept = meant[(stored < low) | (stored > high)]
    return kept if kept.size else meant


def _bright(part, meant, shown):
    """Greys of how far into the window values lie, by the file's own table or function; as image-pixels.js does."""
    if shown.get("curve"):
        return np.array(shown["curve"], "u1")[np.rint(255 * part).astype(int)]
    if shown.get("voi") == "SIGMOID" and shown["windows"]:
        centre, width, _name = shown["windows"][0]
        part = 1 / (1 + np.exp(np.clip(-4 * (meant - centre) / width, -50, 50)))
    return (255 * part).astype("u1")


def _of_stored_bits(values, shown):
    """Without what older devices kept in the bits above."""
    mask, sign = (1 << shown["stored"]) - 1, 1 << (shown["stored"] - 1)
    kept = values.astype("i8") & mask
    return np.where(kept & sign, kept - mask - 1, kept) if shown["signed"] else kept


def _upright(picture, aspect):
    """With square pixels."""
    if not 0.1 < aspect < 10 or abs(aspect - 1) < 0.02:
        return picture
    return picture.resize((picture.width, max(round(picture.height * aspect), 1)))
