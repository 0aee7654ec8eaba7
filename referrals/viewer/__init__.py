"""The room where records are read.

Studies: `studies` says what a study holds and how to show it, as data for the image viewer in the browser;
`study_views` hands that out, and single frames as stored values, without decoding anything.
"""
