"""Looks into files that strangers sent, in processes without Django, files or network.

`python -m referrals.records.decoder` is a small parent, one for each worker process, which has loaded the
libraries and never touches a byte of a file. For each job it forks a child (some milliseconds) that closes the
walls of `limits` and `seccomp` behind itself and is left with one socket (`wire`): it asks the worker for
stretches of the original (`remote`), which the worker reads from the storage, and hands back facts and blobs
(pictures, decoded frames, unpacked files), which the worker puts into the storage. So no plaintext touches the
disk, and whoever takes over a child has a socket to somebody who believes nothing it says (`decoder_client`).

A job is a function in any module here, `@job` above it: `work(original, out, **args) -> facts`. `original` is
a readable, seekable file with a `size`; `out.blob(meta, data)` hands something out; `facts` is what JSON can
say. It raises Refused with a code of `refusals`, or whatever a broken file makes a library raise. It opens no
files: what a library loads late belongs in `rehearsal`.
`decoder_client.run("work", key, on_blob=…, **args)` has it done.
"""

JOBS = {}


class Refused(Exception):
    """The file can't be taken; the code says why (its words are in `refusals`)."""

    def __init__(self, code, kind=""):
        super().__init__(code)
        self.code, self.kind = code, kind


def job(work):
    """What a child can be asked to do, by the function's name."""
    JOBS[work.__name__] = work
    return work
