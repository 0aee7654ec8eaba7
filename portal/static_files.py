"""Static files under names that change with their contents, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports of our own ES modules. Libraries' modules import what isn't a file."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "portal/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
