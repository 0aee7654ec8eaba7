"""The room where records are read: pages, zoom, search, pins, and the date a record speaks of.

`sheet` gathers what a page shows; `pictures` hands it out as a picture, or has it drawn while somebody waits;
`search` finds words in all records of a case; `actions` are what a reader does. The pages themselves belong to
the reading room, the patient's and the staff's read page: they print them by the tags of `templatetags.viewer`.

Studies: `studies` says what a study holds and how to show it, as data for the image viewer in the browser;
`study_views` hands that out, and single frames as stored values, without decoding anything.
"""
