"""Whether two names can be one person's: tolerant of case, accents, order, titles, initials and missing parts."""

import re
import unicodedata

TITLES = frozenset(
    "dr prof mr mrs ms miss mx sir dame med phd md jr sr ii iii iv herr frau mme mlle dipl ing".split()
)
NOBODY = frozenset(
    "anonymous anonym anon anonymized anonymised deidentified unknown noname patient test phantom none null".split()
)
LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "æ": "a",
        "œ": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "’": "",
        "'": "",
    }
)
UMLAUTS = re.compile("(?<=[aou])e")  # ü is written ue where there is no ü
LONG = 4


def parts_of(name):
    """The words of a name, as they are compared."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    found = [UMLAUTS.sub("", word) for word in re.split(r"[\W_\d]+", plain) if word]
    return [word for word in found if word not in TITLES] or found


def may_be_one(one, other):
    """True, False, or None where they can't be compared: one is missing, nobody's, or in another writing."""
    a, b = parts_of(one), parts_of(other)
    if not a or not b or NOBODY & {*a, *b} or _writing(a) != _writing(b):
        return None
    shared = shared_parts(a, b)
    return shared == min(len(a), len(b)) or shared >= 2


def share_a_part(one, other):
    return shared_parts(parts_of(one), parts_of(other)) > 0


def shared_parts(a, b):
    """How many words of the shorter name are in the other, each counted once."""
    few, many = sorted((a, b), key=len)
    left, whole, count = list(many), "".join(many), 0
    for word in sorted(few, key=len, reverse=True):
        twin = next((each for each in left if _alike(word, each)), None)
        if twin is not None:
            left.remove(twin)
        count += twin is not None or (len(word) > LONG and word in whole)
    return count


def _alike(one, other):
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) == 1 or len(short) >= LONG:
        return long.startswith(short) or (len(short) > LONG and _one_slip(short, long))
    return False


def _one_slip(short, long):
    """One letter wrong, missing or too many."""
    if len(long) - len(short) > 1:
        return False
    at = next((n for n, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def _writing(words):
    letter = next((c for word in words for c in word if c.isalpha()), "a")
    return unicodedata.name(letter, "LATIN").split()[0]
