"""Asking: from "what happened?" to a request that is sent, and what the patient owes afterwards.

A draft is rows from its first minute: each step of the wizard is an address and a form on them, kept while
it is typed, so that one can stop anywhere and go on with another device. What can't be read yet (half a
date) is kept beside the rows and is there again. Answering what the clinic asks, marking a held place and
taking a request back are here as well. What must be there before sending is `rules.checklists`.
"""
