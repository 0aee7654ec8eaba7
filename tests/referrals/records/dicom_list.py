"""`python -m tests.referrals.records.dicom_list` writes into docs/dicom.md what is and isn't readable of the files
that pydicom ships for its own tests."""

import io
from collections import Counter
from pathlib import Path

import pydicom
from pydicom.uid import UID

from referrals.records.decoder import Refused, look, sniff
from referrals.records.decoder.dicom import frames

FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "dicom.md"
BEGIN, END = "<!-- list: begin -->\n", "<!-- list: end -->\n"
OTHERS = {".txt", ".json", ".icc", ".dump", ".py", ".gz", ".pyc", ".md", ""}


class Whole(io.BytesIO):
    """A file as the decoder sees it."""

    def __init__(self, body):
        super().__init__(body)
        self.size = len(body)


class Kept:
    """What is handed out."""

    meta, body = None, b""

    def blob(self, meta, data):
        self.meta, self.body = meta, bytes(data) if isinstance(data, bytes | memoryview) else b"".join(data)


def paths():
    files = [path for path in sorted(FOLDER.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return [path for path in files if path.suffix not in OTHERS or _is_dicom(path)]


def _is_dicom(path):
    return path.name.startswith("DICOMDIR") or path.read_bytes()[128:132] == b"DICM"


def decoded(path):
    """(facts of the file, bytes of all frames as they are served, what decoding changed in `look`)."""
    body = path.read_bytes()
    file = look.identify(Whole(body), None)["study"]["file"]
    if file["problem"] or not file["frame_count"]:
        return file, None, {}
    whole = file["frame_count"] * file["frame_bytes"]
    if not file["decode"]:
        return file, body[file["frame_offset"] :][:whole], {}
    out = Kept()
    answer = frames.decode_frames(Whole(body), out)
    return file, out.body, answer["look"] | ({"broken": answer["broken"]} if answer["broken"] else {})


def outcome(path):
    """(syntax, what becomes of it)."""
    try:
        sniff.kind_of(Whole(path.read_bytes()))
        file, _body, changed = decoded(path)
    except Refused as refused:
        return "", f"refused: {refused.code}"
    name = UID(file["syntax"]).name
    if file["problem"]:
        return name, f"kept, not shown: {file['problem']}"
    if not file["frame_count"]:
        return name, "kept; it holds no pictures"
    if len(changed.get("broken", ())) == file["frame_count"]:
        return name, "kept, not shown: broken"
    return name, "shown, decoded once" if file["decode"] else "shown, as it lies"


def table():
    rows = [(path.relative_to(FOLDER), *outcome(path)) for path in paths()]
    count = Counter((path.parent, syntax, result) for path, syntax, result in rows)
    lines, told = ["| File | Packed as | What becomes of it |\n", "|---|---|---|\n"], set()
    for path, syntax, result in rows:
        group = (path.parent, syntax, result)
        if path.parent == Path(".") or count[group] == 1:
            lines.append(f"| `{path}` | {syntax} | {result} |\n")
        elif group not in told:
            told.add(group)
            lines.append(f"| `{path.parent}/`, {count[group]} files | {syntax} | {result} |\n")
    return "".join(lines)


def parts():
    """The page before, in and after the list."""
    before, rest = PAGE.read_text().split(BEGIN)
    inside, after = rest.split(END)
    return before, inside, after


if __name__ == "__main__":
    before, _inside, after = parts()
    PAGE.write_text(before + BEGIN + table() + END + after)
