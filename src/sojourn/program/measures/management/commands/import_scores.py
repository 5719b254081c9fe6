"""Brings another practice's scores into patients' records: `./sojourn import-scores FILE --map MAP.toml`."""

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sojourn.program.measures import importing
from sojourn.program.people.actors import MACHINE
from sojourn.program.people.places import local_date
from sojourn.program.people.roster import SiteRow, all_sites


class Command(BaseCommand):
    help = "Import questionnaire totals from a CSV file of another practice."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Name the command as it is called, in its help and its complaints."""
        return super().create_parser("./sojourn", "import-scores", **options)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the CSV file")
        parser.add_argument(
            "--map", type=Path, required=True, metavar="MAP.toml", help="what the columns mean"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument(
            "--report", type=Path, metavar="FILE.csv", help="where to write each row that was not taken"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self._import(options["file"], options["map"], options["report"], dry_run=options["dry_run"])
        except (importing.MapInvalid, importing.FileUnusable) as refusal:
            raise CommandError(str(refusal)) from refusal
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was imported.", returncode=130) from None

    def _import(self, file: Path, map_file: Path, report: Path | None, *, dry_run: bool) -> None:
        import_map = importing.read_map(map_file)
        site = chosen_site(import_map.site_name)
        now = timezone.now()
        reading = self._read(file, import_map, site)
        try:
            outcome = self._record(reading, site, now, dry_run=dry_run)
        except importing.NothingToRecord:
            self._say_refused(reading)
            raise CommandError(
                f"No row of {file.name} holds a score that can be taken. Nothing was imported. "
                f"Look at [columns] in {map_file.name}."
            ) from None
        for line in importing.written_lines(reading, outcome, site):
            self.stdout.write(line)
        if report is None and not dry_run and (reading.refused or outcome.conflicts):
            report = settings.DATA_DIR / "import-reports" / f"{file.stem}-{now:%Y%m%d-%H%M%S}.csv"
        if report is not None:
            self._report(report, reading, outcome)

    def _read(self, file: Path, import_map: importing.ImportMap, site: SiteRow) -> importing.Reading:
        size = file.stat().st_size if file.is_file() else 0
        progress = importing.Progress(sys.stderr, "Reading", size)
        today = local_date(timezone.now(), site.timezone)
        reading = importing.read_scores(file, import_map, today=today, tell=progress.tell)
        progress.end()
        return reading

    def _record(
        self, reading: importing.Reading, site: SiteRow, now: datetime, *, dry_run: bool
    ) -> importing.Outcome:
        whole = len(reading.scores) + len(reading.gaps)
        progress = importing.Progress(sys.stderr, "Comparing" if dry_run else "Recording", whole)
        outcome = importing.record_scores(
            reading, site=site, actor=MACHINE, now=now, dry_run=dry_run, tell=progress.tell
        )
        progress.end()
        return outcome

    def _say_refused(self, reading: importing.Reading) -> None:
        for refusal in reading.refused[:10]:
            self.stdout.write(f"line {refusal.line}, {refusal.column}: {refusal.reason}")

    def _report(self, path: Path, reading: importing.Reading, outcome: importing.Outcome) -> None:
        try:
            importing.write_report(path, reading, outcome)
        except OSError as error:
            self.stderr.write(f"The report could not be written to {path}: {error.strerror}.")
            return
        self.stdout.write(f"Each row that was not taken, with its value: {path}")


def chosen_site(name: str | None) -> SiteRow:
    """Find the site the map names, or the first by name where it names none."""
    sites = all_sites()
    if not sites:
        raise CommandError("There is no practice yet. Start one with ./sojourn up, then import.")
    if name is None:
        return sites[0]
    for site in sites:
        if site.name.casefold() == name.strip().casefold():
            return site
    raise CommandError(
        f"The map names the site {name}. This practice has: {', '.join(s.name for s in sites)}."
    )
