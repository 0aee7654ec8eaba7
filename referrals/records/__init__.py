"""The room where records come in, are checked, kept, read and handed out.

Ways in: `tus` speaks the protocol for files in pieces, `arrivals` is what happens with them; `plain` takes what
one form brings (`uploads` writes it to the storage as it arrives). `upload_views` and `add_views` are for people
with a session, patients and staff; `link_views` for whoever holds a link. `room` says how much a case may still
take, `listing` is the page's list. `storage` alone knows where the bytes lie; `sending` hands them out.

Checks: a row is `received` first; a worker takes it through the steps of `checks`, has it looked at by the
`decoder` (processes with tight limits, without files or network, asked through `decoder_client`) and by the virus
`scanner`; then it is `ready` with its pages, or stopped with a code whose sentence stands in `refusals`. What
people decide about a stopped file is in `deciding`. Nothing a patient sends is decoded in a web thread.
"""
