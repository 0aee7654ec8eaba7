"""Receiving files: each goes straight into the storage while it arrives, hashed in the same pass."""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

from referrals import storage
from referrals.records.names import name_and_folder

TOO_LARGE, EMPTY, NO_ROOM = "too_large", "empty", "no_room"


@dataclass
class Arrival:
    """A file that came: stored, or with a `problem`. Nobody's yet; `taken` once it belongs to a record."""

    name: str
    folder: str = ""
    stored: storage.Stored | None = None
    problem: str = ""
    taken: bool = False

    def close(self):
        """Django closes what it has taken in; there is nothing open here."""


class StraightToStorage(FileUploadHandler):
    """Django's upload handler over our storage."""

    def __init__(self, request=None):
        super().__init__(request)
        self.arrivals, self.writing, self.problem = [], None, ""

    def new_file(self, field_name, file_name, *args, **kwargs):
        super().new_file(field_name, file_name, *args, **kwargs)
        self.name, self.folder = name_and_folder(file_name)
        self.problem = ""
        try:
            self.writing = storage.Writing(settings.MAX_FILE_BYTES)
        except storage.NoRoom:
            self._stop(NO_ROOM)

    def receive_data_chunk(self, raw_data, start):
        if self.writing:
            try:
                self.writing.write(raw_data)
            except storage.TooLarge:
                self._stop(TOO_LARGE)
            except storage.NoRoom:
                self._stop(NO_ROOM)

    def file_complete(self, file_size):
        arrival = Arrival(self.name, self.folder, problem=self.problem)
        if self.writing and not self.writing.size:
            self.writing.abandon()
            self.writing, arrival.problem = None, EMPTY
        if self.writing:
            try:
                arrival.stored = self.writing.finish()
            except storage.NoRoom:
                arrival.problem = NO_ROOM
        self.writing = None
        self.arrivals.append(arrival)
        return arrival

    def upload_interrupted(self):
        if self.writing:
            self.writing.abandon()
            self.writing = None

    def release(self):
        """Throw away what became nobody's: the form was refused, or the connection broke."""
        self.upload_interrupted()
        for arrival in self.arrivals:
            if arrival.stored and not arrival.taken:
                storage.delete(arrival.stored.key)

    def _stop(self, problem):
        self.writing, self.problem = None, problem


class NamesAsTheyAre(MultiPartParser):
    def sanitize_file_name(self, file_name):
        return file_name  # with the folder that browsers send along; `new_file` takes them apart


def receive_into_storage(request):
    """Make this request's files go through StraightToStorage. Call before anything reads request.POST."""
    handler = StraightToStorage(request)
    request.upload_handlers = [handler]
    request.parse_file_upload = partial(_parse, request)
    return handler


def _parse(request, meta, post_data):
    return NamesAsTheyAre(meta, post_data, request.upload_handlers, request.encoding).parse()
