"""Files come in where a page asks for them (`referrals/records/uploads.py`); anywhere else none is read, let alone
written to a disk before it is known who sends it."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NoFiles(FileUploadHandler):
    def new_file(self, *args, **kwargs):
        raise StopUpload(connection_reset=True)  # the rest of the form isn't read either

    def receive_data_chunk(self, raw_data, start):
        """Never asked: none was begun."""

    def file_complete(self, file_size):
        """Nor this."""
