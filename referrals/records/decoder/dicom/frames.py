"""Decoding frames to what a browser is served: little-endian values of 1 or 2 bytes, or red-green-blue, 8 bits each.

One frame at a time is in memory. Frames that can't be decoded are black, and told.
"""

import numpy as np
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import apply_color_lut, apply_modality_lut, get_decoder

from referrals.records.decoder import Refused, job
from referrals.records.decoder.dicom import layout, source
from referrals.records.decoder.dicom.source import number

PIXEL_FACTS = {
    "rows": "Rows", "columns": "Columns", "samples_per_pixel": "SamplesPerPixel", "bits_allocated": "BitsAllocated",
    "bits_stored": "BitsStored", "pixel_representation": "PixelRepresentation",
    "planar_configuration": "PlanarConfiguration",
}  # fmt: skip
JPEG_2000 = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (90, 91, 201, 202, 203))
MOST_BROKEN = 100
DEEPEST = 65535
# Whatever a codec makes of a broken frame. Out of memory is another matter: it ends the job.
BROKEN_FRAME = (
    ValueError, RuntimeError, KeyError, TypeError, AttributeError, IndexError, EOFError, ArithmeticError,
    NotImplementedError, OSError,
)  # fmt: skip


@job
def decode_frames(original, out):
    """One blob: all frames, one after the other. Facts: `look`, what it changes there; `broken`, frames left black."""
    found = source.open_(original)
    told = layout.layout(found)
    if told["problem"] or not told["frame_count"]:
        raise Refused("unreadable")
    frames = Frames(found, told)
    out.blob({"frames": told["frame_count"], "frame_bytes": told["frame_bytes"]}, frames.packed())
    return {"look": frames.changes(), "broken": frames.broken}


class Frames:
    def __init__(self, found, told):
        self.found, self.shown, self.count = found, told["look"], told["frame_count"]
        self.size, self.broken = told["frame_bytes"], []
        self.is_coloured = layout.is_coloured(self.shown)
        self.has_table = "ModalityLUTSequence" in found.data
        self.is_deep = self.shown["bits"] > 16 or self.has_table
        self.low, self.high = self._range() if self.is_deep else (0.0, 0.0)

    def packed(self):
        """The bytes of each frame as it is served."""
        for index, frame in self._each():
            body = self._served(frame).tobytes() if frame is not None else b""
            if len(body) != self.size:
                self.broken += [index] if len(self.broken) < MOST_BROKEN else []
                body = bytes(self.size)
            yield body

    def values(self, wanted):
        """One frame as an array of what is served, or None."""
        for index, frame in self._each(wanted):
            if index == wanted:
                return self._served(frame) if frame is not None else None
        return None

    def changes(self):
        """What is different in `look` after decoding."""
        if self.is_coloured:
            return {
                "samples": 3,
                "bits": 8,
                "stored": 8,
                "signed": False,
                "photometric": "RGB",
                "windows": [],
                "padding": None,
            }
        if self.is_deep:
            return {"bits": 16, "stored": 16, "signed": False, "padding": None} | self._deep_scale()
        if self.shown["bits"] == 1:
            return {"bits": 8, "stored": 8, "windows": [[0.5, 1.0, ""]], "signed": False}
        return {"bits": 8 if self.shown["bits"] <= 8 else 16}

    def _deep_scale(self):
        """32 bits, fractions and tables are spread over 16 bits; slope and intercept give the values back."""
        step = (self.high - self.low) / DEEPEST or 1.0
        slope, intercept = (1.0, 0.0) if self.has_table else (self.shown["slope"], self.shown["intercept"])
        return {"slope": slope * step, "intercept": slope * self.low + intercept}

    # --- one frame after the other ---

    def _each(self, wanted=None):
        """(index, array or None); with `wanted`, none before it is decoded that needn't be."""
        if self.found.syntax in layout.PLAIN:
            for index in range(self.count) if wanted is None else [wanted]:
                yield index, self._or_none(self._plain, index)
            return
        self.found.file.seek(self.found.pixels_at)
        done = 0
        for index, packed in enumerate(self._fragments()):
            if index >= self.count:
                return
            done = index + 1
            yield index, (self._or_none(self._unpacked, packed) if wanted in (None, index) else None)
        for index in range(done, self.count):
            yield index, None

    def _fragments(self):
        tables = [source.value(self.found.data, f"ExtendedOffsetTable{end}") for end in ("", "Lengths")]
        extended = tuple(tables) if all(isinstance(table, bytes) and table for table in tables) else None
        frames = generate_frames(self.found.file, number_of_frames=self.count, extended_offsets=extended)
        try:
            yield from frames
        except BROKEN_FRAME:
            return  # the rest is missing

    def _or_none(self, decode, what):
        try:
            return decode(what)
        except BROKEN_FRAME:
            return None

    def _plain(self, index):
        if self.shown["bits"] == 1:
            return self._bits(index)
        self.found.file.seek(self.found.pixels_at)
        values, _facts = get_decoder(self.found.syntax).as_array(
            self.found.file, index=index, validate=False, **self._facts()
        )
        return values

    def _bits(self, index):
        """One bit a pixel, frames not at whole bytes."""
        count = self.shown["rows"] * self.shown["columns"] * self.shown["samples"]
        first, skip = divmod(index * count, 8)
        self.found.file.seek(self.found.pixels_at + first)
        body = np.frombuffer(self.found.file.read((skip + count + 7) // 8), "u1")
        values = np.unpackbits(body, bitorder="little")[skip : skip + count]
        return values.reshape(self.shown["rows"], self.shown["columns"])

    def _unpacked(self, packed):
        decoder = get_decoder(self.found.syntax)
        facts = self._facts() | {"number_of_frames": 1}
        one = encapsulate([packed], has_bot=False)
        if self.found.syntax in JPEG_2000:  # the newest OpenJPEG first
            try:
                return decoder.as_array(one, index=0, decoding_plugin="pylibjpeg", **facts)[0]
            except BROKEN_FRAME:
                pass
        return decoder.as_array(one, index=0, **facts)[0]

    def _facts(self):
        facts = {name: number(self.found.data, keyword) for name, keyword in PIXEL_FACTS.items()}
        facts |= {"bits_stored": self.shown["stored"], "samples_per_pixel": self.shown["samples"]}
        facts |= {
            "number_of_frames": self.count,
            "pixel_keyword": self.found.keyword,
            "pixel_vr": self.found.vr,
        }
        return facts | {"photometric_interpretation": self.shown["photometric"] or "MONOCHROME2"}

    # --- as it is served ---

    def _served(self, values):
        if self.is_coloured:
            return self._colours(values)
        if self.is_deep:
            return self._deep(values)
        kind = "i" if self.shown["signed"] and self.shown["bits"] > 1 else "u"
        wide = 1 if self.shown["bits"] <= 8 else 2
        if (
            shift := number(self.found.data, "HighBit", self.shown["stored"] - 1) + 1 - self.shown["stored"]
        ) > 0:
            values = values.astype("u2" if wide == 2 else "u1") >> shift
        return np.ascontiguousarray(values, dtype=f"<{kind}{wide}")

    def _colours(self, values):
        bits = self.shown["stored"]
        if self.shown["photometric"] == layout.PALETTE:
            values = apply_color_lut(values, self.found.data)[..., :3]
            bits = 16 if values.dtype.itemsize == 2 else 8
        if bits > 8:
            values = values >> (bits - 8)
        return np.ascontiguousarray(values, dtype="u1")

    def _meant(self, values):
        """Where the values are not to be served as they are stored."""
        if self.has_table:
            values = apply_modality_lut(values, self.found.data)
        return np.nan_to_num(values.astype("f8"), nan=self.low if hasattr(self, "low") else 0.0)

    def _range(self):
        low, high = np.inf, -np.inf
        for _index, values in self._each():
            if values is not None and values.size:
                meant = self._meant(values)
                low, high = min(low, float(meant.min())), max(high, float(meant.max()))
        return (low, high) if np.isfinite(low) and np.isfinite(high) else (0.0, 0.0)

    def _deep(self, values):
        span = (self.high - self.low) or 1.0
        spread = (np.clip(self._meant(values), self.low, self.high) - self.low) * (DEEPEST / span)
        return np.ascontiguousarray(np.rint(spread), dtype="<u2")
