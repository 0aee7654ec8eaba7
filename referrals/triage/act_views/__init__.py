"""The acts that ask for words: each a page with a form, which works without a script and keeps what was typed."""
