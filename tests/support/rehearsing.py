"""A rehearsal database beside that of the tests. Use the mark `@in_both_databases` and the fixture `rehearsal_database`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from psycopg import sql

in_both_databases = pytest.mark.django_db(databases=["default", "rehearsal"])
FIXTURE = "rehearsal_database"
_names: dict[
    bool, str
] = {}  # of the rehearsal database (True) and of the practice's (False), once both are there


def point_the_world(*, is_wanted: bool) -> None:
    """Let only the tests that ask for a rehearsal database have one; for all others there is none to enter."""
    if not _names:
        return
    settings = connections["rehearsal"].settings_dict
    settings["NAME"] = _names[is_wanted]
    settings["TEST"]["MIRROR"] = None if is_wanted else "default"


@pytest.fixture(scope="session")
def rehearsal_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Make the database as a practice does, and drop it when the tests are over."""
    from sojourn.program.rehearsals.preparing import prepare_rehearsal

    practice, world = connections["default"], connections["rehearsal"]
    name = f"{practice.settings_dict['NAME']}_rehearsal"
    _names.update({True: name, False: str(practice.settings_dict["NAME"])})
    point_the_world(is_wanted=True)
    with django_db_blocker.unblock():
        prepare_rehearsal()
        world.close()
    yield name
    point_the_world(is_wanted=True)
    with django_db_blocker.unblock():
        world.close()
        with practice._nodb_cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
