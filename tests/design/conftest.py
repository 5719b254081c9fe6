import pytest

from tests.support.browser import browser, new_page

__all__ = ["browser", "new_page"]


@pytest.fixture(autouse=True)
def _files_as_they_lie(settings):
    """Hashed file names need a collectstatic run; these tests look at the files as they lie in the tree."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
