"""Where an image's frames lie in the file, or why they can't be shown. Sizes are reckoned before any decoding."""

from referrals.records.decoder import Refused
from referrals.records.decoder.dicom.look import along, look
from referrals.records.decoder.dicom.source import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, number, numbers

AS_THEY_LIE = frozenset((IMPLICIT, EXPLICIT))
PLAIN = AS_THEY_LIE | {BIG_ENDIAN, DEFLATED}
FILMS = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (100, 101, 102, 103, 104, 105, 106, 107, 108)) | {
    f"1.2.840.10008.1.2.4.{n}.1" for n in (100, 101, 102, 103, 104, 105, 106)
}
ELSEWHERE = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (94, 95, 204, 205))
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
PACKED = frozenset(
    [
        "1.2.840.10008.1.2.5",
        *(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70, 80, 81, 90, 91, 201, 202, 203)),
    ]
)
GREYS = frozenset(("MONOCHROME1", "MONOCHROME2"))
COLOURS = frozenset(("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"))
PALETTE = "PALETTE COLOR"
HALVED = ("422", "420")  # colours stored at half the width
LEAST_PACKED = 8  # bytes a packed frame takes, at the least: the head of its fragment
MOST_FRAMES = 20_000
MOST_FRAME_PIXELS = 64_000_000
MOST_DECODED = 2 * 1024**3  # bytes of one file's frames


def layout(found):
    """syntax, frame_count, frame_offset, frame_bytes, decode (a worker must), problem, position, look."""
    data = found.data
    count = _count(found)
    shown = look(data, count)
    place = along(shown["position"], shown["orientation"])
    if place is None and (said := numbers(data, "SliceLocation", 1)):
        place = said[0]
    told = {"syntax": found.syntax, "frame_count": count, "frame_offset": 0, "frame_bytes": 0, "decode": False,
            "problem": "", "position": place, "look": shown}  # fmt: skip
    if not count:
        return told | {"look": {}}
    if _is_cut_off(found, shown, count):
        raise Refused("unreadable")
    told["problem"] = _problem(found, shown, count)
    if not told["problem"]:
        told["decode"] = not _lies_plain(found, shown)
        told["frame_bytes"] = frame_bytes(shown)
        told["frame_offset"] = 0 if told["decode"] else found.pixels_at
    return told


def _count(found):
    rows, columns = number(found.data, "Rows"), number(found.data, "Columns")
    if found.pixels_at < 0 or not rows or not columns or not found.pixels_length:
        return 0
    return number(found.data, "NumberOfFrames", 1, 10**9) or 1


def is_halved(shown):
    return any(each in shown["photometric"] for each in HALVED)


def stored_bits(shown):
    """Bits a frame takes in the file, where it isn't packed."""
    values = shown["rows"] * shown["columns"] * shown["samples"]
    if is_halved(shown):
        values = values * 2 // 3
    return values * shown["bits"]


def frame_bytes(shown):
    """Bytes a frame takes when it is served: 1 or 2 a value, three values a pixel where it is coloured."""
    pixels = shown["rows"] * shown["columns"]
    if is_coloured(shown):
        return pixels * 3
    return pixels * (1 if shown["bits"] <= 8 else 2)


def is_coloured(shown):
    return shown["samples"] > 1 or shown["photometric"] == PALETTE


def _is_cut_off(found, shown, count):
    here = found.pixels_end - found.pixels_at
    if found.syntax in PLAIN:
        return found.size - found.pixels_at < stored_bits(shown) * count // 8
    return here < count * LEAST_PACKED


def _problem(found, shown, count):
    """The code of what stands against showing it, of `vocabulary.ImageProblem`."""
    if found.syntax in FILMS:
        return "film"
    if found.syntax in ELSEWHERE:
        return "elsewhere"
    if found.syntax not in PLAIN | PACKED:
        return "packing"
    if found.syntax == JPEG_EXTENDED and shown["stored"] > 8:
        return "packing"
    if shown["rows"] * shown["columns"] > MOST_FRAME_PIXELS:
        return "too_large"
    if count > MOST_FRAMES:
        return "too_many_frames"
    if not _lies_plain(found, shown) and frame_bytes(shown) * count > MOST_DECODED:
        return "too_large"
    return _odd_values(found, shown)


def _odd_values(found, shown):
    samples, bits, kind = shown["samples"], shown["bits"], shown["photometric"]
    if found.keyword != "PixelData":
        return "" if samples == 1 and bits in (32, 64) and found.syntax in PLAIN else "values"
    if bits not in (1, 8, 16, 32) or not 0 < shown["stored"] <= bits:
        return "values"
    if kind in GREYS or (samples == 1 and not kind):
        return "" if samples == 1 else "colours"
    if kind == PALETTE:
        return "" if samples == 1 and bits in (8, 16) else "colours"
    return "" if kind in COLOURS and samples == 3 and bits in (8, 16, 32) else "colours"


def _lies_plain(found, shown):
    """Whether a stretch of the original is a frame as it is served."""
    if found.syntax not in AS_THEY_LIE or found.keyword != "PixelData":
        return False
    if "ModalityLUTSequence" in found.data:
        return False
    if shown["samples"] == 1 and shown["photometric"] in GREYS:
        return (
            shown["bits"] in (8, 16)
            and number(found.data, "HighBit", shown["stored"] - 1) == shown["stored"] - 1
        )
    is_whole = shown["bits"] == shown["stored"] == 8 and not shown["signed"]
    is_mixed = not number(found.data, "PlanarConfiguration")
    return shown["samples"] == 3 and shown["photometric"] == "RGB" and is_whole and is_mixed
