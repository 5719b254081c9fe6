"""What the tests share. `clinical` tests run without Django (`./sojourn test clinical`)."""

import os

import pytest

from tests.support.browser import browser, new_page

__all__ = ["browser", "new_page"]  # here alone: a second conftest would start a second browser


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where several processes run the tests: who runs which."""
    from tests.support.sharing_out import Shares

    return Shares(config, log)


if os.environ.get("SOJOURN_DATABASE_URL"):
    from tests.support.emptying import empty_patiently
    from tests.support.rehearsing import FIXTURE, point_the_world, rehearsal_database
    from tests.support.ward import Ward

    empty_patiently()
    __all__ += ["rehearsal_database"]  # here alone, too: a second one would drop the database of the first

    def pytest_runtest_setup(item):
        """Before the databases of a test are opened: a rehearsal's is there only where a test asks for it."""
        point_the_world(is_wanted=FIXTURE in getattr(item, "fixturenames", ()))

    @pytest.fixture(autouse=True)
    def _quick_passwords(settings):
        """Argon2 is slow on purpose; the tests of everything else need not wait for it."""
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    @pytest.fixture(autouse=True)
    def _files_as_they_lie(settings):
        """Hashed file names need a collectstatic run; tests look at the files as they lie in the tree."""
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}

    @pytest.fixture(autouse=True)
    def _nothing_remembered():
        """Each test has a database of its own; what pages for visitors remember, and how often somebody tried to sign in,
        belongs to the one before.
        """
        from django.core.cache import cache

        from sojourn.program.people.for_visitors import forget

        forget()
        cache.clear()

    @pytest.fixture
    def living_watch(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        """A watch that lives: one beat, which counts for as long as a test takes and not for 12 seconds only."""
        from sojourn.program.safety import watch

        monkeypatch.setattr(watch, "SILENT_AFTER_S", 3600.0)
        watch.beat("the watch of the tests")

    @pytest.fixture
    def ward(db: None, living_watch: None) -> "Ward":
        from tests.support.kept_ward import the_ward

        return the_ward()

    @pytest.fixture
    def sign_in(client):
        """Sign an actor in on the test client and hand the client back."""
        from sojourn.program.people.models import User

        def _sign_in(actor):
            client.force_login(User.objects.get(pk=actor.user_id))
            return client

        return _sign_in
