"""The decision room: the patient reads both opinions side by side, prints them, and says what they will do.

`reading` turns a signed version into what the page shows; it reads the signed text alone, so that what was
signed is what is read. `headline` says in a sentence how the two doctors stand to each other.
"""
