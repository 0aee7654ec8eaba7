"""The room where records come in, are checked, kept, read and handed out.

Bytes: `storage` alone knows where they lie; `uploads` writes them there as they arrive; `sending` hands them
out. Checks: a row is `received` first; a worker takes it through the steps of `checks`, has it looked at by the
`decoder` (processes with tight limits, without files or network, asked through `decoder_client`) and by the virus
`scanner`; then it is `ready` with its pages, or stopped with a code whose sentence stands in `refusals`. What
people decide about a stopped file is in `deciding`. Nothing a patient sends is decoded in a web thread.
"""
