"""Handing out a page: a WebP that holds pixels and nothing else."""

import io

from PIL import Image

from referrals.records.decoder import limits


def hand_out(picture, out, number, scale="normal"):
    bare = Image.new("L" if picture.mode == "L" else "RGB", picture.size)
    bare.paste(picture)
    packed = io.BytesIO()
    bare.save(packed, "WEBP", quality=limits.SCALES[scale].quality, method=2)
    out.blob({"page": number, "width": bare.width, "height": bare.height}, packed.getbuffer())


def on_white(picture):
    """In colours or greys, without transparency."""
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.mode.startswith(("I", "F")):
        return _deep(picture)
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        ground.alpha_composite(seen)
        return ground.convert("RGB")
    return picture.convert("RGB")


def fit(picture, scale="normal"):
    longest = limits.SCALES[scale].longest
    picture.thumbnail((longest, longest), reducing_gap=2.0)
    return picture


def fitted(width, height, scale="normal"):
    """The size that `fit` gives."""
    shrunk = min(limits.SCALES[scale].longest / max(width, height), 1)
    return max(round(width * shrunk), 1), max(round(height * shrunk), 1)


def _deep(picture):
    """16 and 32 bits of grey, spread from darkest to lightest."""
    low, high = picture.getextrema()
    if high <= low:
        return Image.new("L", picture.size, 0)
    scale = 255 / (high - low)
    return picture.convert("F").point(lambda value: value * scale - low * scale).convert("L")
