"""Says what this database holds: no practice yet, the demonstration, or a real one."""

from typing import Any

from django.core.management.base import BaseCommand

from sojourn.program.people.models import Practice


class Command(BaseCommand):
    help = "Print none, demonstration or real."

    def handle(self, *_args: Any, **_options: Any) -> None:
        practice = Practice.objects.first()
        if practice is None:
            self.stdout.write("none")
        else:
            self.stdout.write("demonstration" if practice.is_demonstration else "real")
