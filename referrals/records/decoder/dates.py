"""The day a document says it is from: only where it says so plainly."""

import re

from referrals.records.decoder import words

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january januar janvier enero", "feb february februar février febrero", "mar march märz mars marzo",
         "apr april avril abril", "may mai mayo", "jun june juni juin junio", "jul july juli juillet julio",
         "aug august août agosto", "sep sept september septembre septiembre", "oct october oktober octobre octubre",
         "nov november novembre noviembre", "dec december dezember décembre diciembre"), 1,
    )
    for name in names.split()
}  # fmt: skip
HEAD = 3000  # characters: where a letter has its date
LABEL = re.compile(
    r"\b(?:date|dated|datum|fecha|exam(?:ination)?|study|visit|seen|reported|collected|performed|scan|report)"
    r"(?:\s+(?:of|on|du|de|date|exam|study|visit|service|report|performed|collected))*\s*[:\-–]?\s*$",
    re.IGNORECASE,
)
NOT_OURS = re.compile(r"(?:birth|born|dob|geb|naci|naissance|print|expir|follow|next|due)", re.IGNORECASE)
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
FORMS = (
    (re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b"), ("year", "month", "day")),
    (re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b"), ("day", "month", "year")),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:de\s+)?({MONTH})\.?,?\s+(?:de\s+)?(\d{{4}})\b", re.I),
     ("day", "month", "year")),
    (re.compile(rf"\b({MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I), ("month", "day", "year")),
    (re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b"), None),  # which is which, only the numbers can tell
)  # fmt: skip


def named_in(text):
    """The day after a word like “Date:”, or the only day the page names; '' where neither is plain."""
    head, labelled, all_days = text[:HEAD], [], set()
    for form, order in FORMS:
        for match in form.finditer(head):
            before = head[max(match.start() - 40, 0) : match.start()].rpartition("\n")[2]
            day = _day(match.groups(), order)
            if not day or NOT_OURS.search(before):
                continue
            all_days.add(day)
            if LABEL.search(before):
                labelled.append((match.start(), day))
    if labelled:
        return min(labelled)[1]
    return all_days.pop() if len(all_days) == 1 else ""


def _day(parts, order):
    if order is None:
        first, second, year = parts
        if int(first) == int(second):
            return words.day(year, first, second)
        if int(first) > 12:
            return words.day(year, second, first)
        return words.day(year, first, second) if int(second) > 12 else ""
    named = dict(zip(order, parts, strict=True))
    month = named["month"] if named["month"].isdigit() else MONTHS[named["month"].casefold()]
    return words.day(named["year"], month, named["day"])
