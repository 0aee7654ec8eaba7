"""Chasing: who holds records we have not got, the letters and the signed forms that ask for them, slides and blocks.

`actions` moves sources (their road is in `rules.sources`), `signing` holds what a form must say, `letters` the words of
each paper and `papers` has PDFs made of them in a worker.
"""
