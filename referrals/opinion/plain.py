"""How easily a text reads: a rough Flesch-Kincaid grade, as a hint to the writer and never a gate."""

import re

from django.utils.translation import gettext as _

FEWEST_WORDS = 15  # below that the number says nothing
EASY, FAIR = 8, 11


def grade_of(text):
    """The school grade a text asks for, or None where it is too short to say."""
    words = re.findall(r"[A-Za-z’']+", text)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = max(len(re.findall(r"[.!?]+(?:\s|$)", text)), 1)
    syllables = sum(_syllables(word) for word in words)
    return max(round(0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59), 1)


def hint_for(text):
    """The grade in a sentence."""
    grade = grade_of(text)
    if grade is None:
        return _("Write as you would speak. Aim for grade 8 or less.")
    if grade <= EASY:
        return _("Reads at about grade %(grade)d. Good.") % {"grade": grade}
    if grade <= FAIR:
        return _("Reads at about grade %(grade)d. Shorter sentences would help.") % {"grade": grade}
    return _("Reads at about grade %(grade)d. Hard for most people: try shorter words and sentences.") % {
        "grade": grade
    }


def _syllables(word):
    bare = re.sub(r"e$", "", word.casefold().strip("’'"))
    return max(len(re.findall(r"[aeiouy]+", bare)), 1)
