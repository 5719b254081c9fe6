"""`./sojourn synthesize`: invented people with whole courses, streamed, each record marked synthetic."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from sojourn.clinical.monitoring import crossings_of, monitoring_plan
from sojourn.clinical.monitoring.events import Rated, VitalTaken
from sojourn.clinical.pharmacology import (
    VERSION,
    CannotSimulate,
    Dose,
    Drug,
    Evidence,
    People,
    Regimen,
    Route,
)
from sojourn.clinical.pharmacology.synthetic import LOOKS_MIN, SyntheticPeople, synthesize
from sojourn.clinical.quantities import BloodPressure, HeartRate, OxygenSaturation, RespiratoryRate
from sojourn.laboratory.simulating import read_study

COLUMNS = ("synthetic", "patient", "session", "day", "minute", "what", "value", "unit")
A_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # the limits compare readings, not dates
TWICE_WEEKLY = tuple(3.5 * number for number in range(6))


def synthesize_people(words: list[str]) -> int:
    """Write so many invented people to a file or to the terminal. Raises CannotSimulate."""
    parser = argparse.ArgumentParser(prog="./sojourn synthesize", description=synthesize_people.__doc__)
    parser.add_argument("--patients", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--regimen", type=Path, help="a regimen file; else six infusions of 0.5 mg/kg")
    parser.add_argument("--format", choices=("ndjson", "csv"), default="ndjson")
    parser.add_argument("--out", type=Path, help="a file; else the terminal")
    asked = parser.parse_args(words)
    regimen, evidence = _regimen(asked.regimen)
    people = People(count=asked.patients, seed=asked.seed)
    blocks = synthesize(regimen=regimen, people=people, evidence=evidence)
    write = _write_csv if asked.format == "csv" else _write_ndjson
    if asked.out is None:
        write(sys.stdout, blocks, asked.seed, evidence, regimen)
        return 0
    with asked.out.open("w", newline="", encoding="utf-8") as stream:
        write(stream, blocks, asked.seed, evidence, regimen)
    return 0


def records(
    block: SyntheticPeople, *, regimen: Regimen, seed: int, evidence: Evidence
) -> Iterator[dict[str, Any]]:
    """Turn a block into one record a person; what a person did not attend is not there."""
    plan_of = {
        Route.INTRAVENOUS: "iv_clinic",
        Route.INTRAMUSCULAR: "im_clinic",
        Route.INTRANASAL: "esketamine_clinic",
    }
    plan = monitoring_plan(plan_of.get(regimen.sessions[0].dose.route, "sl_home"))
    by_instrument = {"MADRS": block.scores.madrs, "PHQ-9": block.scores.phq9, "GAD-7": block.scores.gad7}
    for place in range(len(block)):
        came = int(block.attended[place])
        last_day = regimen.days[came - 1] if came < len(regimen.sessions) else float("inf")
        yield {
            "synthetic": True,
            "patient": f"SYNTHETIC-{seed}-{block.first + place}",
            "model": VERSION,
            "seed": seed,
            "evidence": str(evidence),
            "weight_kg": round(float(block.weight_kg[place]), 1),
            "left_early": came < len(regimen.sessions),
            "sessions": [_session(block, place, number, regimen, plan) for number in range(came)],
            "scores": [
                {"day": day, "instrument": instrument, "total": int(totals[place, column])}
                for column, day in enumerate(block.score_days)
                if day <= last_day
                for instrument, totals in by_instrument.items()
            ],
        }


def _session(block: SyntheticPeople, place: int, number: int, regimen: Regimen, plan: Any) -> dict[str, Any]:
    looks, alarms, read = [], [], block.readings
    baseline = None
    for look, minute in enumerate(LOOKS_MIN):
        at = (place, number, look)
        pressure = BloodPressure(int(read.systolic[at]), int(read.diastolic[at]))
        baseline = baseline or pressure
        vitals = VitalTaken(
            taken_at=A_MOMENT,
            blood_pressure=pressure,
            heart_rate=HeartRate(int(read.heart_rate[at])),
            spo2=OxygenSaturation(int(read.spo2[at])),
            respiratory_rate=RespiratoryRate(int(read.respiratory_rate[at])),
        )
        rated = Rated(taken_at=A_MOMENT, moaas=int(read.moaas[at]), dissociation=int(read.felt[at]))
        crossed = [
            crossing
            for event in (vitals, rated)
            for crossing in crossings_of(event, plan=plan, baseline=baseline, after_dose=look > 0)
        ]
        alarms += [
            {"minute": minute, "limit": one.limit_id, "severity": str(one.severity)} for one in crossed
        ]
        looks.append(
            {
                "minute": minute,
                "systolic_mmhg": pressure.systolic_mmhg,
                "diastolic_mmhg": pressure.diastolic_mmhg,
                "heart_rate_per_min": int(read.heart_rate[at]),
                "spo2_percent": int(read.spo2[at]),
                "respiratory_rate_per_min": int(read.respiratory_rate[at]),
                "cadss": int(read.cadss[at]),
                "felt_of_10": int(read.felt[at]),
                "moaas": int(read.moaas[at]),
            }
        )
    session = regimen.sessions[number]
    return {
        "session": number + 1,
        "day": session.start_h / 24,
        "route": str(session.dose.route),
        "drug": str(session.dose.drug),
        "dose_mg": round(float(block.dose_mg[place, number]), 1),
        "looks": looks,
        "alarms": alarms,
    }


def _write_ndjson(
    stream: TextIO, blocks: Iterator[SyntheticPeople], seed: int, evidence: Evidence, regimen: Regimen
) -> None:
    for block in blocks:
        told = records(block, regimen=regimen, seed=seed, evidence=evidence)
        stream.writelines(json.dumps(record, separators=(",", ":")) + "\n" for record in told)


def _write_csv(
    stream: TextIO, blocks: Iterator[SyntheticPeople], seed: int, evidence: Evidence, regimen: Regimen
) -> None:
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for block in blocks:
        for record in records(block, regimen=regimen, seed=seed, evidence=evidence):
            writer.writerows(_rows(record))


def _rows(record: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    named = ("synthetic", record["patient"])
    for score in record["scores"]:
        yield (*named, "", score["day"], "", score["instrument"], score["total"], "points")
    for session in record["sessions"]:
        when = (session["session"], session["day"])
        yield (*named, *when, 0, "dose", session["dose_mg"], "mg")
        for look in session["looks"]:
            for what, value in look.items():
                if what != "minute":
                    yield (*named, *when, look["minute"], what, value, "")
        for alarm in session["alarms"]:
            yield (*named, *when, alarm["minute"], f"alarm {alarm['limit']}", alarm["severity"], "")


def _regimen(path: Path | None) -> tuple[Regimen, Evidence]:
    if path is None:
        infusion = Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg_per_kg=0.5, over_min=40)
        return Regimen.of(infusion, days=TWICE_WEEKLY), Evidence.OPEN
    try:
        study = read_study(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotSimulate("regimen", f"{path} cannot be read ({error}); give a regimen file") from None
    return study.regimen, study.evidence
