"""Long reports: asked for, worked on in the background, followed, taken back, kept with what it takes to make them again."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate.contrib.django import app

from sojourn import __version__
from sojourn.clinical import instruments
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS, Chain, ClaimCard, Definition, Window, claim_card
from sojourn.clinical.outcomes.recount import day_number
from sojourn.clinical.outcomes.reports import yardstick_of
from sojourn.clinical.outcomes.reports.practice_report import practice_report
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor, actor_of
from sojourn.program.people.models import User
from sojourn.program.people.policy import may_do, require
from sojourn.program.results.counting import Asked, harms_among
from sojourn.program.results.holding import WORK, Hold, NoLongerHeld, held
from sojourn.program.results.loading import load
from sojourn.program.results.models import Report
from sojourn.program.results.oddities import odd_among

STAGES = 7  # words that `tell` hears from beginning to end
THOUSANDTHS = 1000
NEWEST = 20


class NoSuchReport(Exception):
    """There is no such report, or it is somebody else's."""


class NotToStartAgain(Exception):
    """The report is being made, or is finished."""


@dataclass(frozen=True)
class ReportRow:
    """A report as its page needs it. `found` is None until it is finished."""

    id: UUID
    definition: Definition
    definition_hash: str
    cut: datetime
    as_of: date
    software: str
    author: str
    asked_at: datetime
    stage: str
    percent: int
    state: str
    failed_because: str
    found: dict[str, Any] | None

    @property
    def is_under_way(self) -> bool:
        return self.state in {"waiting", "under way", "stopped"}

    @property
    def may_start_again(self) -> bool:
        return self.state in {"stopped", "failed"}


@transaction.atomic
def ask_report(*, definition: Definition, asked: Asked, actor: Actor, now: datetime) -> UUID:
    """Ask for a long report at a data cut; one already there is given instead of made again. Raises NotAllowed."""
    require(actor, "see the practice's results")
    assert actor.user_id is not None
    if asked.cut is None:
        raise ValueError("a report is made at a data cut")
    known = _reports(actor).filter(
        definition_hash=definition.hash, cut=asked.cut, software=__version__, author=actor.name, cancelled_at=None,
        failed_because="",
    )  # fmt: skip
    earlier: UUID | None = known.values_list("id", flat=True).first()
    if earlier is not None:
        return earlier
    report = Report.objects.create(
        definition=asdict(definition),
        definition_hash=definition.hash,
        people=_filters(asked),
        cut=asked.cut,
        as_of=asked.as_of,
        software=__version__,
        asked_by_id=actor.user_id,
        author=actor.name,
        asked_at=now,
    )
    audit.record(actor, "asked for a report", about=("report", report.id), at=now)
    app.configure_task(WORK, lock="reports").defer(report_id=str(report.id))
    return report.id


@transaction.atomic
def cancel_report(*, report_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a report back. One that is being worked on stops at its next step. Raises NoSuchReport, NotAllowed."""
    require(actor, "see the practice's results")
    if not _reports(actor).filter(pk=report_id).exists():
        raise NoSuchReport
    if Report.objects.filter(pk=report_id, finished_at=None, cancelled_at=None).update(cancelled_at=now):
        audit.record(actor, "took a report back", about=("report", report_id), at=now)


@transaction.atomic
def start_again(*, report_id: UUID, actor: Actor, now: datetime) -> None:
    """Put a report that failed, or whose worker is gone, back in line.

    Raises NoSuchReport, NotToStartAgain, NotAllowed.
    """
    require(actor, "see the practice's results")
    report = _reports(actor).select_for_update(of=("self",)).filter(pk=report_id).first()
    if report is None:
        raise NoSuchReport
    if not _row(report).may_start_again:
        raise NotToStartAgain
    report.failed_because, report.stage, report.percent, report.tries, report.held_until = "", "", 0, 0, None
    report.save(update_fields=["failed_because", "stage", "percent", "tries", "held_until"])
    audit.record(actor, "started a report again", about=("report", report_id), at=now)
    app.configure_task(WORK, lock="reports").defer(report_id=str(report_id))


def report_of(report_id: UUID, *, actor: Actor) -> ReportRow:
    """Give one report of the actor's own; a medical director sees everybody's. Raises NoSuchReport."""
    report = _reports(actor).filter(pk=report_id).first()
    if report is None:
        raise NoSuchReport
    return _row(report)


def newest_reports(actor: Actor) -> tuple[ReportRow, ...]:
    """Give the last reports the actor may see, without what they found."""
    return tuple(_row(report) for report in _reports(actor).defer("found").order_by("-asked_at")[:NEWEST])


def make_report(report_id: UUID) -> None:
    """Work on a report until it is finished, has failed or is taken back."""
    with held(report_id) as hold:
        if hold is None:
            return
        try:
            found = _found(Report.objects.get(pk=report_id), hold)
            hold.write(found=found, percent=100, stage="", finished_at=timezone.now())
        except NoLongerHeld:
            return
        except Exception:
            with suppress(NoLongerHeld):
                hold.write(failed_because="The computation failed; the log says where.")
            raise


def card_of(row: ReportRow) -> ClaimCard:
    """Make the claim card of a finished report."""
    assert row.found is not None
    [counts] = [each for each in row.found["windows"] if each["window"] == row.definition.window.id]
    met = "remitted" if row.definition.outcome.startswith("were below") else "responded"
    observed, missing = counts["observed"], counts["reached"] - counts["observed"]
    chain = Chain(
        enrolled=counts["enrolled"],
        baseline=counts["baseline"],
        dosed=counts["dosed"],
        reached=counts["reached"],
        observed=observed,
        met=counts[met],
        worse=counts["worse"],
        reached_without_baseline=counts["without_baseline"],
        baseline_of_observed=_mean(counts["baselines_observed"], observed),
        baseline_of_missing=_mean(counts["baselines_missing"], missing),
    )
    return claim_card(
        definition=row.definition, chain=chain, as_of=row.as_of, software=row.software, author=row.author, cut=row.cut
    )  # fmt: skip


def _found(report: Report, hold: Hold) -> dict[str, Any]:
    instrument = instruments.get(report.definition["instrument"])
    yardstick = yardstick_of(instrument)
    actor = actor_of(User.objects.get(pk=report.asked_by_id))
    asked = _asked(report)
    steps = count(1)

    def tell(stage: str) -> None:
        """Say how far it has come; where the report was taken back, that ends the work."""
        hold.write(stage=stage, percent=min(99, 100 * next(steps) // STAGES - 5))

    loaded = load(actor, asked, yardstick=yardstick, tell=tell)
    found = practice_report(
        people=loaded.people,
        readings=loaded.readings,
        yardstick=yardstick,
        severities=yardstick.severities,
        windows=USUAL_WINDOWS,
        primary=_window(report.definition["window"]),
        as_of=day_number(report.as_of),
        rng=np.random.default_rng(int(report.definition_hash[:8], 16)),
        tell=tell,
    )
    sites = found["case mix"].get("units", ())
    for unit in sites:
        site, prescriber = loaded.units[unit.pop("unit")]
        unit |= {"site": str(site), "prescriber": str(prescriber)}
    odd = odd_among(actor, asked, yardstick=yardstick)
    return {**found, "harms": asdict(harms_among(actor, asked)), "odd": asdict(odd)}


def _reports(actor: Actor) -> Any:
    require(actor, "see the practice's results")
    reports = Report.objects.annotate(is_held=Q(held_until__gt=Now()))
    return reports if may_do(actor, "publish results") else reports.filter(asked_by_id=actor.user_id)


def _row(report: Any) -> ReportRow:
    deferred = report.get_deferred_fields()
    state = (
        "taken back" if report.cancelled_at else "failed" if report.failed_because
        else "finished" if report.finished_at else "under way" if report.is_held
        else "stopped" if report.held_until else "waiting"
    )  # fmt: skip
    return ReportRow(
        id=report.id,
        definition=Definition(**{**report.definition, "window": _window(report.definition["window"])}),
        definition_hash=report.definition_hash,
        cut=report.cut,
        as_of=report.as_of,
        software=report.software,
        author=report.author,
        asked_at=report.asked_at,
        stage=report.stage,
        percent=report.percent,
        state=state,
        failed_because=report.failed_because,
        found=None if "found" in deferred else report.found,
    )


def _window(kept: dict[str, Any]) -> Window:
    return Window(**kept)


def _filters(asked: Asked) -> dict[str, Any]:
    kept = {
        "protocols": asked.protocols,
        "site_id": asked.site_id,
        "since": asked.since,
        "until": asked.until,
    }
    return json.loads(json.dumps(kept, default=str))  # type: ignore[no-any-return]


def _asked(report: Report) -> Asked:
    kept = report.people
    return Asked(
        report.as_of,
        protocols=None if kept["protocols"] is None else tuple(kept["protocols"]),
        site_id=UUID(kept["site_id"]) if kept["site_id"] else None,
        since=date.fromisoformat(kept["since"]) if kept["since"] else None,
        until=date.fromisoformat(kept["until"]) if kept["until"] else None,
        cut=report.cut,
    )


def _mean(thousandths: int, people: int) -> Fraction | None:
    return Fraction(thousandths, THOUSANDTHS * people) if people else None
