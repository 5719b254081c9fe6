import sys
from typing import Any

from django.core.management.base import BaseCommand

from sojourn.program.measures.importing.progress import Progress
from sojourn.program.people.models import Patient
from sojourn.program.results.following import refollow


class Command(BaseCommand):
    help = "make the rows that results are counted from anew, and say how many were not what the records say"

    def handle(self, *_args: Any, **_options: Any) -> None:
        progress = Progress(sys.stderr, "Following", Patient.objects.count())
        found = refollow(progress.tell)
        progress.end()
        self.stdout.write(f"{found.people} people looked at; the rows of {found.differed} were put right.")
