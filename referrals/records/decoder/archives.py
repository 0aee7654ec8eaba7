"""Packed folders: ZIP, and tar with or without compression. What is inside is handed out, never written down.

Names are labels here. Still, a folder with links in it or with ways out of itself is refused whole.
"""

import contextlib
import stat
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from lzma import LZMAError

import pyzipper

from referrals.records.decoder import Refused, job, limits, litter

MOST_UNPACKED = 64 * 1024 * limits.MIB
STEEPEST, FREE_OF_IT = 200, 64 * limits.MIB  # how many times its size a folder may unpack to, beyond some
LONGEST_PATH = 1000
SHORTEST_HEADER = 30
PIECE = 256 * 1024
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, LZMAError, EOFError)
AES = 99  # WinZip's, which the standard library doesn't read


@dataclass(frozen=True)
class Member:
    number: int
    path: str
    size: int
    entry: object

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    @property
    def folder(self):
        return self.path.rpartition("/")[0]

    def is_junk(self, is_disc):
        return litter.is_litter(self.path, self.size, on_disc=is_disc)


def prove(file, _kind, password=None):
    """{"contents": {files, size, largest, left_out, is_disc}} of a folder that we can afford to unpack."""
    try:
        with _opened(file, password) as packed:
            found = list(_affordable(packed))
            packed.try_password(found)
    except MemoryError:
        raise Refused("packed_too_tight") from None
    except BROKEN:
        raise Refused("unreadable") from None
    except NotImplementedError:
        raise Refused("archive") from None
    is_disc = any(litter.marks_a_disc(member.path) for member in found)
    wanted = [member for member in found if not member.is_junk(is_disc)]
    if not wanted:
        raise Refused("nothing_inside")
    sizes = [member.size for member in wanted]
    told = {"files": len(wanted), "size": sum(sizes), "largest": max(sizes)}
    return {"contents": told | {"left_out": len(found) - len(wanted), "is_disc": is_disc}}


@job
def members(original, out, first, most_files, most_bytes, is_disc, password=None):
    """Hands out the files from the first on, as blobs {"number", "name", "folder"}; {"next": …} while there are more.

    One that is broken ends it: {"broken": number}.
    """
    handed, size = 0, 0
    with _opened(original, password) as packed:
        for member in _affordable(packed):
            if member.number < first or member.is_junk(is_disc):
                continue
            if handed and (handed >= most_files or size + member.size > most_bytes):
                return {"next": member.number}
            try:
                meta = {"number": member.number, "name": member.name, "folder": member.folder}
                out.blob(meta, packed.pieces(member.entry))
            except (*BROKEN, NotImplementedError, RuntimeError):
                return {"broken": member.number}
            handed, size = handed + 1, size + member.size
    return {}


def draw(*_, **__):
    """It has no pages."""


def _affordable(packed):
    """Its files one by one; Refused as soon as there are too many, or more in them than can be honest."""
    whole = 0
    for number, (name, size, entry) in enumerate(packed.entries()):
        path = name.replace("\\", "/").strip("/")
        if number >= limits.MOST_MEMBERS or len(path) > LONGEST_PATH:
            raise Refused("packed_too_tight")
        if ".." in path.split("/"):
            raise Refused("archive_tricks")
        whole += size
        if whole > MOST_UNPACKED or (whole > FREE_OF_IT and whole > STEEPEST * packed.size):
            raise Refused("packed_too_tight")
        yield Member(number, path, size, entry)


# --- whatever packed it -----------------------------------------------------------------------------


class Zip:
    def __init__(self, file, password):
        self.packed = zipfile.ZipFile(file)
        if any(entry.compress_type == AES for entry in self.packed.infolist()):
            self.packed = pyzipper.AESZipFile(file)
        if password:
            self.packed.setpassword(password.encode())
        self.has_password, self.size = bool(password), file.size

    def entries(self):
        entries = [entry for entry in self.packed.infolist() if not entry.is_dir()]
        self._refuse_overlap(entries)
        for entry in entries:
            if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
                raise Refused("archive_tricks")
            yield entry.filename, entry.file_size, entry

    def _refuse_overlap(self, entries):
        """Bombs let many names share the same few bytes."""
        end = 0
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            if entry.header_offset < end:
                raise Refused("packed_too_tight")
            end = entry.header_offset + SHORTEST_HEADER + entry.compress_size

    def try_password(self, found):
        """On the smallest, to its end: only there a check sum tells."""
        locked = [m for m in found if m.entry.flag_bits & 1 and m.size]
        if not locked:
            return
        if not self.has_password:
            raise Refused("locked")
        try:
            for _piece in self.pieces(min(locked, key=lambda member: member.size).entry):
                pass
        except (RuntimeError, *BROKEN) as error:
            if isinstance(error, NotImplementedError):
                raise
            raise Refused("locked") from None

    def pieces(self, entry):
        with self.packed.open(entry) as file:
            yield from iter(lambda: file.read(PIECE), b"")


class Tar:
    """Read in order, from the first to the last: what is compressed can't be read otherwise."""

    def __init__(self, file, _password):
        self.size = file.size
        try:
            self.packed = tarfile.open(fileobj=file, mode="r:*")
        except tarfile.ReadError:
            raise Refused("archive") from None  # one packed file, or damaged from the start

    def entries(self):
        while (entry := self.packed.next()) is not None:
            self.packed.members.clear()  # it would keep them all
            if entry.isdir():
                continue
            if not entry.isreg() or entry.issparse():
                raise Refused("archive_tricks")
            yield entry.name, entry.size, entry

    def try_password(self, _found):
        """It knows none."""

    def pieces(self, entry):
        with self.packed.extractfile(entry) as file:
            yield from iter(lambda: file.read(PIECE), b"")


@contextlib.contextmanager
def _opened(file, password):
    file.seek(0)
    kind = Zip if file.read(2) == b"PK" else Tar
    file.seek(0)
    packed = kind(file, password)
    try:
        yield packed
    finally:
        packed.packed.close()
