"""Brings another practice's scores into patients' records: `./sojourn import-scores FILE --map MAP.toml`."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.utils import timezone

from sojourn.program.measures import importing
from sojourn.program.people.actors import MACHINE
from sojourn.program.people.places import local_date
from sojourn.program.people.roster import SiteRow, all_sites


class NotImported(CommandError):
    """Nothing was brought in; the message says why and what to do."""


class Command(BaseCommand):
    help = "Import questionnaire totals from a CSV file of another practice."
    suppressed_base_arguments = {
        "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color",
        "--skip-checks",
    }  # fmt: skip

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.prog = "./sojourn import-scores"
        return parser

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
        file, map_file, report = options["file"], options["map"], options["report"]
        if report is not None and any(same_file(report, given) for given in (file, map_file)):
            raise NotImported(f"The report would overwrite {report.name}. Give it another name.")
        try:
            import_map = importing.read_map(map_file)
            site = chosen_site(import_map.site_name)
            reading = self._read(file, import_map, site)
            outcome = self._record(reading, site, dry_run=options["dry_run"])
        except (importing.MapInvalid, importing.FileUnusable) as refusal:
            raise NotImported(str(refusal)) from refusal
        except importing.NothingToRecord:
            self._say_refused(reading)
            raise NotImported(
                f"No row of {file.name} holds a score that can be taken. Look at [columns] in {map_file.name}."
            ) from None
        except (OperationalError, InterfaceError):
            raise NotImported(
                "The database went away. What is not in yet goes in when you import again; nothing goes in twice."
            ) from None
        except ProgrammingError:  # no tables, or those of another version
            raise NotImported(
                "The database is not ready for this version. Run ./sojourn up once, then import."
            ) from None
        except KeyboardInterrupt:
            raise NotImported("Stopped; no record was changed.", returncode=130) from None
        for line in importing.written_lines(reading, outcome, site):
            self.stdout.write(line)
        if report is None and not outcome.dry_run and (reading.refused or outcome.conflicts):
            name = f"{file.stem}-{timezone.now():%Y%m%d-%H%M%S}.csv"
            report = settings.DATA_DIR / "import-reports" / name
        if report is not None:
            self._report(report, reading, outcome)

    def _read(self, file: Path, import_map: importing.ImportMap, site: SiteRow) -> importing.Reading:
        size = file.stat().st_size if file.is_file() else 0
        progress = importing.Progress(sys.stderr, "Reading", size)
        today = local_date(timezone.now(), site.timezone)
        reading = importing.read_scores(file, import_map, today=today, tell=progress.tell)
        progress.end()
        return reading

    def _record(self, reading: importing.Reading, site: SiteRow, *, dry_run: bool) -> importing.Outcome:
        whole = len(reading.people) + len(reading.scores) + len(reading.gaps)
        progress = importing.Progress(sys.stderr, "Comparing" if dry_run else "Recording", whole)
        outcome = importing.record_scores(
            reading, site=site, actor=MACHINE, now=timezone.now(), dry_run=dry_run, tell=progress.tell
        )
        progress.end()
        return outcome

    def _say_refused(self, reading: importing.Reading) -> None:
        for refusal in reading.refused[:10]:
            place = f"line {refusal.line}, {refusal.column}" if refusal.column else f"line {refusal.line}"
            self.stdout.write(f"{place}: {refusal.reason}")

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
        raise NotImported("There is no practice yet. Start one with ./sojourn up, then import.")
    if name is None:
        return sites[0]
    for site in sites:
        if site.name.casefold() == name.strip().casefold():
            return site
    raise NotImported(
        f"The map names the site {name}. This practice has: {', '.join(s.name for s in sites)}."
    )


def same_file(one: Path, other: Path) -> bool:
    """True when two names lead to one file that exists."""
    return one.exists() and other.exists() and one.samefile(other)
