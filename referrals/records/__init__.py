"""The room where records come in, are checked, kept and handed out.

Ways in: `tus` speaks the protocol for files in pieces, `arrivals` is what happens with them; `plain` takes what
one form brings (`uploads` writes it to the storage as it arrives). `upload_views` and `add_views` are for people
with a session, patients and staff; `link_views` for whoever holds a link. `listing` is the page's list.

Checks: a row is `received` first; a worker takes it through the steps of `checks`, has it looked at by the
`decoder` (processes with tight limits, without files or network, asked through `decoder_client`) and by the virus
`scanner`; then it is `ready` with its pages, or stopped with a code whose sentence stands in `refusals`. What
people decide about a stopped file is in `deciding`. Nothing a patient sends is decoded in a web thread. `sending`
and `bundle` hand bytes out.
"""
