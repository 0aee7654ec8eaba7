"""Writing and signing the second opinion.

The specialist writes it in parts; it is saved while they type, and a save that began from an older text is
refused and shown beside the newer one (`actions.save`). Signing asks for the password again and keeps the
opinion word for word, with the hash of its text (`signing.py`, `body.py`).
"""
