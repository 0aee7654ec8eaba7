"""Static files under names that change with their contents, so that browsers may keep them for ever."""

import re
from posixpath import dirname

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What comes with every page comes in one file: what these import from beside them is written into them.
WHOLE = re.compile(r"^portal/(css/for-[\w-]+\.css|js/portal\.js)$")
PART = re.compile(r'^(?:@import|import) "(?:\./)?([\w-]+\.(?:css|js))"(?: (\w+))?;$', re.M)


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports of our own ES modules. Libraries' modules import what isn't a file."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "portal/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )

    def post_process(self, paths, dry_run=False, **options):
        """`paths` as collectstatic gives them: {name: (storage, path)}."""
        made = InMemoryStorage()
        names = [name for name in paths if WHOLE.match(name)]
        for name in names:
            made.save(name, ContentFile(_whole(name, paths)))
        yield from super().post_process(paths | {name: (made, name) for name in names}, dry_run, **options)


def _whole(name, paths):
    def part(found):
        text = _whole(f"{dirname(name)}/{found[1]}", paths)
        if name.endswith(".js"):
            return f"{{\n{text}}}"  # its names stay its own
        return f"@media {found[2]} {{\n{text}}}" if found[2] else text

    storage, path = paths[name]
    with storage.open(path) as file:
        return PART.sub(part, file.read().decode())
