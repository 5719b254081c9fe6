"""Makes or renews the rehearsal database; the supervisor runs it after the migrations of the practice."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sojourn.program.rehearsals.preparing import prepare_rehearsal


class Command(BaseCommand):
    help = "Make or renew the database in which rehearsals run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", default="", help="the role that runs the pages")

    def handle(self, *_args: Any, **options: Any) -> None:
        prepare_rehearsal(role=options["role"])
