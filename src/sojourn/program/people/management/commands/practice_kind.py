"""Says what this database holds: no practice yet, the demonstration, or a real one."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from sojourn.program.people.models import Practice


class Command(BaseCommand):
    help = "Print none, demonstration or real."

    def handle(self, *_args: Any, **_options: Any) -> None:
        table = Practice._meta.db_table  # noqa: SLF001 - Django documents _meta
        has_tables = table in connection.introspection.table_names()
        practice = Practice.objects.first() if has_tables else None
        if practice is None:
            self.stdout.write("none")
        else:
            self.stdout.write("demonstration" if practice.is_demonstration else "real")
