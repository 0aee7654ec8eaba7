"""Values of interest: the windows of an image, and how a window's values become greys (DICOM PS3.3 C.11.2)."""

import numpy as np

from referrals.records.decoder.dicom.source import first, numbers, text, value

MOST_WINDOWS = 8
FUNCTIONS = ("SIGMOID", "LINEAR_EXACT")  # besides LINEAR, which is what '' says
STEPS = 256  # of a lookup table's curve


def told(data):
    """windows [[centre, width, name], …]; voi, the function; where a lookup table takes its place, its curve."""
    function = text(data, "VOILUTFunction", 16).upper()
    made = {"windows": _windows(data), "voi": function if function in FUNCTIONS else ""}
    if not made["windows"] and (table := _table(data)):
        made["windows"], made["curve"] = table
    return made


def _windows(data):
    centres, widths = numbers(data, "WindowCenter") or [], numbers(data, "WindowWidth") or []
    said = value(data, "WindowCenterWidthExplanation")
    names = [said] if isinstance(said, str) else list(said or [])
    found = []
    for n, (centre, width) in enumerate(zip(centres, widths, strict=False)):
        if width >= 1 or (width > 0 and abs(centre) < 100):
            found.append([centre, width, str(names[n])[:40].replace("\x00", "") if n < len(names) else ""])
    return found[:MOST_WINDOWS]


def _table(data):
    """The stretch that a lookup table spreads over the greys, as a window, and its greys in equal steps; or None."""
    entry = first(data, "VOILUTSequence")
    described = numbers(entry, "LUTDescriptor", 3)
    if not described:
        return None
    count, start, bits = int(described[0]) or 65536, described[1], int(described[2])
    window = [[start + count / 2, count, ""]]
    entries = _entries(value(entry, "LUTData"), count)
    if entries is None or not 1 <= bits <= 16:
        return window, []
    places = np.linspace(0, count - 1, STEPS).round().astype(int)
    greys = np.clip(entries[places].astype(float) * 255 / (2**bits - 1), 0, 255).round()
    return window, [int(grey) for grey in greys]


def _entries(found, count):
    """The table's numbers, however they are written, or None."""
    try:
        if isinstance(found, bytes):
            found = np.frombuffer(found, "u1" if len(found) < 2 * count else "<u2")
        entries = np.asarray(found)
    except (TypeError, ValueError):
        return None
    is_whole = entries.ndim == 1 and len(entries) >= count and entries.dtype.kind in "iu"
    return entries[:count] if is_whole else None
