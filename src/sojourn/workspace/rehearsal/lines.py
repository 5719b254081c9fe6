"""The report of a drill, made ready to print from what was kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from sojourn.program.treatment.choices import EventKind

TONES = {"in time": "done", "not done, rightly": "done", "late": "attention", "missed": "act", "wrong": "act"}
WORDS = {
    "in time": _("in time"),
    "not done, rightly": _("rightly not done"),
    "late": _("late"),
    "missed": _("missed"),
    "wrong": _("wrong"),
}


@dataclass(frozen=True)
class ReportLine:
    """One thing that was expected or forbidden, and what came of it."""

    says: str
    outcome: str
    tone: str
    minute: str
    sentence: str
    better: str
    citations: tuple[str, ...]


WHO = {"patient": _("Patient"), "sitter": _("Sitter"), "gateway": _("Gateway")}


@dataclass(frozen=True)
class TapLine:
    """One thing a simulated person sent by themselves. `sent` is empty where it was sent as it was pressed."""

    who: str
    what: str
    minute: str
    sent: str
    came_of_it: str


def tap_lines(report: Mapping[str, Any]) -> tuple[TapLine, ...]:
    """Everything the simulated people sent, in order of time; nothing in reports of before they could."""
    return tuple(
        TapLine(
            who=str(WHO[tap["by"]]),
            what=str(EventKind(tap["kind"]).label),
            minute=f"{tap['minute']:.0f}",
            sent=f"{tap['sent_minute']:.0f}" if tap["sent_minute"] - tap["minute"] >= 1 else "",
            came_of_it=tap["answer"] or str(_("recorded")),
        )
        for tap in report.get("taps", ())
    )


def report_lines(report: Mapping[str, Any]) -> tuple[ReportLine, ...]:
    """Every line in the order of its minute."""
    return tuple(_line(item) for item in sorted(report["items"], key=lambda item: item["due_from"]))


def ended_at(report: Mapping[str, Any]) -> datetime:
    """When the drill ended, by its own clock."""
    begin = datetime.fromisoformat(report["started_at"])
    return begin + timedelta(minutes=report["ended_minute"])


def _line(item: Mapping[str, Any]) -> ReportLine:
    at = item["done_at"] if item["done_at"] is not None else item["due_from"]
    return ReportLine(
        says=item["says"],
        outcome=str(WORDS[item["outcome"]]),
        tone=TONES[item["outcome"]],
        minute=f"{at:.0f}",
        sentence=item["sentence"],
        better=item["better"],
        citations=tuple(item["citations"]),
    )
