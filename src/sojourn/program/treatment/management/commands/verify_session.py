"""Proves sessions intact or names the first link that does not hold, from the database or from a sealed file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sojourn.clinical.monitoring.sealing import BEFORE_THE_FIRST, NotASealedSession, Verdict, verify_file
from sojourn.program.treatment.proving import export, proofs, recorded_visits


class Command(BaseCommand):
    help = "Prove dosing sessions intact, or name the first event that does not hold."
    requires_system_checks = ()  # a sealed file is verified without a database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", help="the id of a visit, or a sealed file")
        parser.add_argument("--all", action="store_true", help="every session that was ever recorded")
        parser.add_argument("--head", help="a seal noted down elsewhere, to be the last of this session")
        parser.add_argument("--export", metavar="FILE", help="also write the session as a sealed file")

    def handle(self, *_args: Any, **options: Any) -> None:
        what, head = options["what"], options["head"]
        if bool(what) == options["all"]:
            raise CommandError("Say one of: the id of a visit, a sealed file, --all.")
        if options["all"]:
            self._every()
        elif (visit_id := _as_id(what)) is not None:
            self._one(visit_id, head, options["export"])
        else:
            self._file(Path(what), head)

    def _every(self) -> None:
        checked = broken = 0
        for visit_id, verdict in proofs(recorded_visits()):
            checked += 1
            if not verdict.is_intact:
                broken += 1
                self.stdout.write(f"{visit_id}: {_in_words(verdict)}")
        if broken:
            raise CommandError(f"{broken} of {checked} sessions are not as they were sealed.")
        self.stdout.write(f"All {checked} sessions are intact.")

    def _one(self, visit_id: UUID, head: str | None, export_to: str | None) -> None:
        ((_, verdict),) = proofs([visit_id])
        if verdict.count == 0 and verdict.is_intact:
            raise CommandError(f"Nothing was ever recorded for visit {visit_id}.")
        self._say(verdict, head)
        if export_to:
            Path(export_to).write_text(export(visit_id, now=timezone.now()), encoding="utf-8")
            self.stdout.write(f"Written to {export_to}.")

    def _file(self, path: Path, head: str | None) -> None:
        try:
            verdict = verify_file(path.read_text(encoding="utf-8"))
        except (NotASealedSession, UnicodeDecodeError) as wrong:
            raise CommandError(f"{path}: {wrong}") from wrong
        except OSError as wrong:
            raise CommandError(
                f"{path} is neither the id of a visit nor a file: {wrong.strerror}."
            ) from wrong
        self._say(verdict, head)

    def _say(self, verdict: Verdict, head: str | None) -> None:
        if not verdict.is_intact:
            raise CommandError(_in_words(verdict))
        if head and head.lower() != verdict.head:
            raise CommandError(f"Every link holds, but the last seal is {verdict.head}, not the one given.")
        self.stdout.write(_in_words(verdict))


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _in_words(verdict: Verdict) -> str:
    if verdict.first_break is not None and verdict.first_break.sequence == 0:
        return f"BROKEN: {verdict.first_break.why}."
    if verdict.first_break is not None:
        return f"BROKEN at event {verdict.first_break.sequence}: {verdict.first_break.why}."
    if verdict.head == BEFORE_THE_FIRST:
        return "Intact: no events."
    return f"Intact: {verdict.count} events. Last seal: {verdict.head}"
