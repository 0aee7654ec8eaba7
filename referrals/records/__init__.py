"""The room where records come in, are checked, kept, read and handed out.

Bytes: `storage` alone knows where they lie; `uploads` writes them there as they arrive; `sending` hands them
out. Checks: a row is `received` first; a worker claims it (`checks`) and has it looked at by `decoder`, a
child process with tight limits and no network, started by `rendering`; then it is `ready` with its pages, or
`refused` with a code whose sentence stands in `refusals`. Nothing a patient sends is decoded in a web thread.
"""
