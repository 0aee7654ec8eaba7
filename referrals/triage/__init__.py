"""Triage: what comes in, who takes it, what is missing, yes or no, and to whom it is offered.

`worklist` finds the rows of the list and `next_acts` says what each waits for; `matching` gives the reasons for
and against each specialist. `actions` holds one function for each act of the care team. The page of one case
joins rooms and so lies in `home`.
"""
