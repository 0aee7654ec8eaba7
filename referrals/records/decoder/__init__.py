"""Looks into files that strangers sent. Runs as a process of its own, `python -m referrals.records.decoder`,
with the file on its standard input, tight limits, no network, and no Django.

It answers in a folder: `found.json` says what the file is, or why it is refused; `00001-935x1210.webp` is a page.
"""


class Refused(Exception):
    """The file can't be taken; the code says why (its words are in `refusals`)."""

    def __init__(self, code, kind=""):
        super().__init__(code)
        self.code, self.kind = code, kind
