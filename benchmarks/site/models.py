"""The table that the bare views read and fill."""

from django.db import connection, models


class BareRow(models.Model):
    """One row with a number, a moment and a little JSON: about what a submission writes."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        app_label = "site"
        managed = False
        db_table = "bench_bare_row"


def make_bare_table(rows: int) -> None:
    """Make the table and fill it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_bare_row (id bigserial PRIMARY KEY, at timestamptz NOT NULL, body jsonb NOT NULL)"
        )
        cursor.execute(
            "INSERT INTO bench_bare_row (at, body) SELECT now(), '{\"q1\": 1}' FROM generate_series(1, %s)",
            [rows],
        )
