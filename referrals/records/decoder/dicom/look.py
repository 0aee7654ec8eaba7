"""How to show an image: its grey or colour values, windows, measures and place in the body."""

from referrals.records.decoder.dicom import voi
from referrals.records.decoder.dicom.source import first, items, number, numbers, text

MOST_FRAMES_TOLD = 4000
SPACINGS = (
    ("PixelSpacing", "patient"), ("ImagerPixelSpacing", "detector"), ("NominalScannedPixelSpacing", "nominal"),
)  # fmt: skip
MM_A_UNIT = 10  # ultrasound regions are measured in cm
CENTIMETRES = 3


def look(data, frames):
    """What `Instance.look` holds, but for what decoding changes."""
    shared = first(data, "SharedFunctionalGroupsSequence")
    each = list(items(data, "PerFrameFunctionalGroupsSequence"))[:MOST_FRAMES_TOLD]
    one = [shared, each[0]] if each else [shared]
    spacing, spacing_from = _spacing(data, one)
    slope, intercept = _scale(_group(one, "PixelValueTransformationSequence") or data)
    orientation = numbers(data, "ImageOrientationPatient", 6) or _of_group(
        one, "PlaneOrientationSequence", "ImageOrientationPatient", 6
    )
    return {
        "rows": number(data, "Rows"),
        "columns": number(data, "Columns"),
        "samples": number(data, "SamplesPerPixel", 1) or 1,
        "bits": number(data, "BitsAllocated"),
        "stored": number(data, "BitsStored") or number(data, "BitsAllocated"),
        "signed": bool(number(data, "PixelRepresentation")),
        "slope": slope,
        "intercept": intercept,
        "photometric": text(data, "PhotometricInterpretation", 16).upper(),
        "padding": _padding(data),
        **voi.told(_group(one, "FrameVOILUTSequence") or data),
        "spacing": spacing,
        "spacing_from": spacing_from,
        "aspect": _aspect(data, spacing),
        "thickness": (numbers(data, "SliceThickness", 1) or [None])[0]
        or (_of_group(one, "PixelMeasuresSequence", "SliceThickness", 1) or [None])[0],
        "position": numbers(data, "ImagePositionPatient", 3)
        or _of_group(one, "PlanePositionSequence", "ImagePositionPatient", 3),
        "orientation": orientation,
        "laterality": text(data, "ImageLaterality", 16) or text(data, "Laterality", 16),
        "taken_at": taken_at(data),
        "frame_time": _frame_time(data),
        "lossy": text(data, "LossyImageCompression", 2) == "01",
    } | _frames(each, orientation, slope, intercept, frames)


def along(position, orientation):
    """How far along the stack a slice lies, in mm: its corner on the normal of its plane."""
    if not position or not orientation:
        return None
    a, b = orientation[:3], orientation[3:]
    normal = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return round(sum(n * p for n, p in zip(normal, position, strict=True)), 4)


def taken_at(data):
    """`2026-11-06T09:41:00`, as the device's clock said; the day alone where it says no time; ''."""
    whole = "".join(c for c in text(data, "AcquisitionDateTime", 40) if c.isdigit())
    if len(whole) < 8:
        for kind in ("Acquisition", "Content", "Series", "Study"):
            day = "".join(c for c in text(data, f"{kind}Date", 20) if c.isdigit())[:8]
            if len(day) == 8:
                time = text(data, f"{kind}Time", 20).split(".")[0].replace(":", "")
                whole = day + (time if time.isdigit() and len(time) >= 4 else "")
                break
    if len(whole) < 8:
        return ""
    day = f"{whole[:4]}-{whole[4:6]}-{whole[6:8]}"
    return f"{day}T{whole[8:10]}:{whole[10:12]}:{whole[12:14] or '00'}" if len(whole) >= 12 else day


def _frame_time(data):
    """How long a frame of a film is shown, in ms; None where the file doesn't say."""
    if (said := numbers(data, "FrameTime", 1)) and said[0] > 0:
        return said[0]
    rates = (numbers(data, keyword, 1) for keyword in ("RecommendedDisplayFrameRate", "CineRate"))
    return next((1000 / rate[0] for rate in rates if rate and rate[0] > 0), None)


def _group(one, name):
    """A functional group's item, from the frame or from what all frames share."""
    for groups in reversed(one):
        if found := first(groups, name):
            return found
    return None


def _of_group(one, name, keyword, count):
    return numbers(found, keyword, count) if (found := _group(one, name)) else None


def _scale(data):
    slope, intercept = numbers(data, "RescaleSlope", 1), numbers(data, "RescaleIntercept", 1)
    return (slope[0] if slope and slope[0] else 1.0), (intercept[0] if intercept else 0.0)


def _padding(data):
    """[lowest, highest] stored value of what fills the frame around the picture, or None (PS3.3 C.7.5.1.1.2)."""
    value, limit = numbers(data, "PixelPaddingValue", 1), numbers(data, "PixelPaddingRangeLimit", 1)
    return sorted([value[0], (limit or value)[0]]) if value else None


def _spacing(data, one):
    """[row mm, column mm] and what it is measured at: the patient, the detector, or nothing that is true.

    A projection whose spacing is the detector's own was calibrated by nobody (PS3.3 10.7.1.3).
    """
    for keyword, at in SPACINGS:
        found = numbers(data, keyword, 2)
        if found and all(each > 0 for each in found):
            is_calibrated = found != numbers(data, "ImagerPixelSpacing", 2)
            return found, at if is_calibrated or text(data, "PixelSpacingCalibrationType") else "detector"
    found = _of_group(one, "PixelMeasuresSequence", "PixelSpacing", 2)
    if found and all(each > 0 for each in found):
        return found, "patient"
    return _ultrasound_spacing(data)


def _ultrasound_spacing(data):
    """Where all regions of an ultrasound picture measure alike."""
    found = set()
    for region in items(data, "SequenceOfUltrasoundRegions"):
        x, y = numbers(region, "PhysicalDeltaX", 1), numbers(region, "PhysicalDeltaY", 1)
        units = {number(region, f"PhysicalUnits{way}Direction") for way in "XY"}
        if units == {CENTIMETRES} and x and y and x[0] and y[0]:
            found.add((abs(y[0]) * MM_A_UNIT, abs(x[0]) * MM_A_UNIT))
    return (list(found.pop()), "region") if len(found) == 1 else (None, "")


def _aspect(data, spacing):
    """How much taller than wide a pixel is."""
    pair = spacing or numbers(data, "PixelAspectRatio", 2)
    return round(pair[0] / pair[1], 6) if pair and pair[0] > 0 and pair[1] > 0 else 1.0


def _frames(each, orientation, slope, intercept, frames):
    """What differs from frame to frame: places along the stack, and scales."""
    if len(each) != frames or frames < 2:
        return {}
    places = [along(_of_group([one], "PlanePositionSequence", "ImagePositionPatient", 3),
                    _of_group([one], "PlaneOrientationSequence", "ImageOrientationPatient", 6) or orientation)
              for one in each]  # fmt: skip
    scales = [_scale(item) for one in each if (item := first(one, "PixelValueTransformationSequence"))]
    told = {"frame_positions": places} if all(place is not None for place in places) else {}
    if len(scales) == frames and set(scales) != {(slope, intercept)}:
        told["frame_scales"] = [list(scale) for scale in scales]
    return told
