"""The portal in a real Chromium.

`site` runs all of it, on a Tuesday (`on_tuesday`) · `look` what is asked of every page · `acts` what people do ·
`scenes` cases at rest · `files` real files. Alone: `SCREENSHOTS=/tmp/pages python -m pytest tests/browser`.
Where there is no Chromium these tests are skipped, and the last line of `make test` says so.
"""
