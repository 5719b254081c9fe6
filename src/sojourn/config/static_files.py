"""Names each file of the design after its content, the imports between browser modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """A page that is kept for hours without a network must find the very modules it was kept with."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 50  # a chain of imports may need one for each of its modules
