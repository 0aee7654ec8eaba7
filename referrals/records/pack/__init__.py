"""The pack a patient carries along: one PDF with an index and every document, beside the images as they came.

`actions` is what people do, `making` the worker's part (the row is claimed, the decoder binds), `index` the words in
front, `texts` gives pages to what has none, `zipped` streams it. A pack holds what the person could see when they
asked; it is handed out only while they may see all of it, kept for some days, and goes when one of its records goes.
"""
