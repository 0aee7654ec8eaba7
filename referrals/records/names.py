"""Names and folders as people know them: for show alone, never a path of ours."""

import re
import unicodedata

LONGEST_NAME = 255
LONGEST_FOLDER = 500


def shown_name(name):
    """A name as the patient knows it: all of it, but no path and no control characters."""
    name = _plain(re.split(r"[/\\]", name)[-1])
    if not name.strip(". "):
        return "file"
    if len(name) > LONGEST_NAME:
        stem, dot, end = name.rpartition(".")
        end = dot + end if stem and len(end) < 16 else ""
        name = name[: LONGEST_NAME - len(end)] + end
    return name


def shown_folder(path):
    """Where a file lay on the person's disc: names with slashes between, no way up and no root."""
    parts = (_plain(part).strip() for part in re.split(r"[/\\]", path))
    return "/".join(part for part in parts if part.strip(". "))[:LONGEST_FOLDER].rstrip("/")


def name_and_folder(path):
    folder, _slash, name = path.replace("\\", "/").rpartition("/")
    return shown_name(name), shown_folder(folder)


def _plain(text):
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))
