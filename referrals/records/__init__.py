"""The room where records come in, are checked, kept, read and handed out.

Ways in: `tus` speaks the protocol for files in pieces, `arrivals` is what happens with them; `plain` takes what
one form brings (`uploads` writes it to the storage as it arrives). `upload_views` and `add_views` are for people
with a session, patients and staff; `link_views` for whoever holds a link. `listing` is the page's list.

Checks: a row is `received` first; a worker claims it (`checks`) and has it looked at by `decoder`, a child
process with tight limits and no network, started by `rendering`; then it is `ready` with its pages, or `refused`
with a code whose sentence stands in `refusals`. Nothing a patient sends is decoded in a web thread. `sending`
hands bytes out.
"""
