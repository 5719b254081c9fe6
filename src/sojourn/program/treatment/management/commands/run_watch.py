"""Runs one worker of the watch: it raises what is overdue, and shows that it lives."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sojourn.program.treatment.watching import Watch


class Command(BaseCommand):
    help = "Run one worker of the watch until it is told to stop."
    requires_system_checks = []  # they read every page, and a killed worker must be back soon

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("worker", help="a name of its own among the workers, such as 1")

    def handle(self, *_args: Any, **options: Any) -> None:
        watch = Watch(f"watch {options['worker']}")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: watch.stop())
        watch.give_up_when_hung()
        for work in (watch.tell_records, watch.deliver):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()
        watch.go()
