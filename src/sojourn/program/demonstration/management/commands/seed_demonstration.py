"""Seeds the demonstration practice once, and prints one log-in per role."""

import sys
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sojourn.program.demonstration.actions import seed
from sojourn.program.demonstration.opening import PASSWORD
from sojourn.program.people.queries import PracticeCard, the_practice
from sojourn.program.people.roles import SIGNED_IN, Role

RUNNING_SESSIONS_LAST = timedelta(hours=6)


class Command(BaseCommand):
    help = "Open the demonstration practice, unless there is a practice already."

    def handle(self, *args: Any, **options: Any) -> None:
        practice = the_practice()
        if not practice.exists:
            seed(now=timezone.now(), tell=self._tell)
        elif not practice.is_demonstration:
            return
        self._say_if_old(practice)
        for role in (r for r in Role if r in SIGNED_IN):
            name = "director" if role is Role.MEDICAL_DIRECTOR else role.replace("_", "-")
            email = f"{name}@demo.example"
            self.stdout.write(f"{role.label:<18} {email:<30} {PASSWORD}")

    def _say_if_old(self, practice: PracticeCard) -> None:
        made_at = practice.seeded_at
        if made_at is not None and timezone.now() - made_at > RUNNING_SESSIONS_LAST:
            self.stdout.write(
                f"Dated {made_at:%B %d, %Y}: its running sessions have ended. ./sojourn up --fresh makes it anew.\n"
            )

    def _tell(self, done: int, of: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\rInvented people: {done} of {of}" + ("\n" if done == of else ""))
