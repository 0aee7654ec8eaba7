"""Text and days from files, made fit to keep: no NUL, no half characters, no endless strings."""

import datetime as dt

FIRST_DAY = dt.date(1900, 1, 1)


def clean(value, most=None):
    """The same value with all its texts fit for the database."""
    if isinstance(value, str):
        text = value.replace("\x00", "").encode("utf-8", "replace").decode()
        return text[:most] if most else text
    if isinstance(value, dict):
        return {name: clean(each, most) for name, each in value.items()}
    if isinstance(value, list):
        return [clean(each, most) for each in value]
    return value


def day(year, month, day):
    """ISO text of a day that can be true of a record, or ''."""
    try:
        found = dt.date(int(year), int(month), int(day))
    except (TypeError, ValueError):
        return ""
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    return found.isoformat() if FIRST_DAY <= found <= tomorrow else ""


def day_of_digits(text):
    """From 20261102…, as DICOM and PDF write it."""
    digits = "".join(c for c in str(text or "") if c.isascii() and c.isdigit())
    return day(digits[:4], digits[4:6], digits[6:8]) if len(digits) >= 8 else ""
