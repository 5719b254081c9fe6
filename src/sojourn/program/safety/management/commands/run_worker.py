"""Runs the worker: jobs by the clock, and jobs the pages put off."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the worker until it is told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("procrastinate", "worker", name="sojourn", concurrency=2)
