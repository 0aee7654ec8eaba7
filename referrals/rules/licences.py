"""Whether a specialist's licence names the place where a patient is. A hint in words, never a gate."""

import re


def names(licence, place):
    """`place` as patients write it, "Illinois, US": the country counts only where nothing finer is said."""
    parts = [set(re.findall(r"\w+", part.casefold())) for part in place.split(",") if part.strip()]
    finer = parts[:-1] or parts
    words = set(re.findall(r"\w+", licence.casefold()))
    return any(part and part <= words for part in finer)
