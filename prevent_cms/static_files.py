"""Static files under names that carry a hash of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also renames what JavaScript modules import, so that every file may be kept for ever."""

    support_js_module_import_aggregation = True
