"""A plain Flesch-Kincaid count: grade = 0.39 words a sentence + 11.8 syllables a word - 15.59."""

import html
import re

WORD = re.compile(r"[A-Za-z]+(?:[’'][a-z]+)?")


def grade(markup):
    sentences = [found for part in blocks(markup) for found in re.split(r"[.!?]+(?:\s|$)", part)]
    counted = [WORD.findall(sentence) for sentence in sentences]
    counted = [words for words in counted if words]
    words = [word for sentence in counted for word in sentence]
    return 0.39 * len(words) / len(counted) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def blocks(markup):
    """The text of each paragraph, heading and list item on its own."""
    text = re.sub(r"<svg.*?</svg>", " ", markup, flags=re.DOTALL)
    text = re.sub(r"</?(strong|em|a|b)\b[^>]*>", "", text)
    parts = re.split(r"<[^>]+>", text)
    return [html.unescape(part).replace("“", "").replace("”", "").strip() for part in parts if part.strip()]


def syllables(word):
    word = re.sub(r"[’']\w*$", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    if re.search(r"[^aeiouyl]e$|[^aeiouy]le$", word) and not word.endswith("le"):
        groups -= 1
    if re.search(r"[^aeiouytd]ed$|[^aeiouysxzgc]es$", word) and groups > 1:
        groups -= 1
    groups += len(
        re.findall(r"i[ao](?!n)|eo(?!u)|[aeo]ing|creat|idea", word)
    )  # two vowels that are two syllables
    return max(groups, 1)
