"""The clock of the watch in tests: `let_pass(minutes=3)` makes it later for every deadline there is."""

from datetime import timedelta

from django.db import connection


def let_pass(**length: float) -> None:
    """Let time pass for the watch: what is due is due that much sooner, as if the database's clock had gone on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE safety_deadline SET due_at = due_at - make_interval(secs => %(by_s)s),"
            " began_at = began_at - make_interval(secs => %(by_s)s)",
            {"by_s": timedelta(**length).total_seconds()},
        )
