"""The case's way from a worried patient to a signed second opinion.

Four floors, imports run down only:

4  urls, admin, management, home     pages that join rooms
3  intake records triage review opinion decision reminders oversight    rooms that never import each other
2  rules                             who may see, what may happen, when it is due
1  models                            what there is
0  vocabulary                        the words
"""
