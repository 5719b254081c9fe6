"""Gives the role that runs the pages and the worker its rights; the database's owner runs it after migrations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from sojourn.program.audit.privileges import grant_to


class Command(BaseCommand):
    help = "Let a database role run Sojourn without the right to change what is append-only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role")
        parser.add_argument("--make", action="store_true", help="make the role where it is missing")

    def handle(self, *_args: Any, **options: Any) -> None:
        with transaction.atomic():
            grant_to(options["role"], make=options["make"])
