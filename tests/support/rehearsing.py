"""A rehearsal database beside that of the tests. Use the mark `@in_both_databases` and the fixture `rehearsal_database`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from psycopg import sql

in_both_databases = pytest.mark.django_db(databases=["default", "rehearsal"])


@pytest.fixture(scope="session")
def rehearsal_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Make the database as a practice does, and drop it when the tests are over."""
    from sojourn.program.rehearsals.preparing import prepare_rehearsal

    with django_db_blocker.unblock():
        world = connections["rehearsal"]
        name = f"{connections['default'].settings_dict['NAME']}_rehearsal"
        world.settings_dict["NAME"] = name
        world.settings_dict["TEST"]["MIRROR"] = None
        prepare_rehearsal()
        world.close()
    yield name
    with django_db_blocker.unblock():
        world.close()
        with connections["default"]._nodb_cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
