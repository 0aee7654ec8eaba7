"""The password that opens a locked file: kept beside it under the file's own key, told to the decoder alone."""

from referrals import storage

LONGEST = 200


def sealed(record, password):
    return storage.seal(record.key, password.encode())


def of(record):
    """In the clear, or None."""
    return None if record.password is None else storage.unseal(record.key, record.password).decode()
