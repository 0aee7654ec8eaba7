"""A specialist's room: offers to answer, records to read, what to ask for, and giving a case back.

Before they say yes they see an offer without a name and without records. From then on, and for a window
after they signed, they read; when the case is taken from them it is gone at the next request.
"""
