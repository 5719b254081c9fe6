"""`./sojourn simulate FILE.toml`: a regimen on a virtual population, as drawings, tables and a summary."""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sojourn.clinical.pharmacology import (
    DESCRIBED,
    VERSION,
    Band,
    CannotSimulate,
    Evidence,
    Interaction,
    Liver,
    Measure,
    People,
    Person,
    Regimen,
    Session,
    bands,
    cautions_for,
    least_confident,
    mood,
    read_regimen,
    read_toml,
    window,
)
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.people import LEAST_KG, MOST_KG, MOST_PEOPLE
from sojourn.clinical.pharmacology.quantiles import USUAL
from sojourn.clinical.pharmacology.refusals import not_known, number_within, whole_within
from sojourn.clinical.pharmacology.regimens import PEOPLE_KEYS, refuse_unknown
from sojourn.laboratory.drawing import band_svg, quantile_svg
from sojourn.laboratory.hours import drawn_hours
from sojourn.laboratory.pictures import png_of

SHOWN = (
    Measure.VENOUS, Measure.NORKETAMINE, Measure.DISSOCIATION, Measure.DRUG_HIGH, Measure.SYSTOLIC_RISE,
    Measure.DIASTOLIC_RISE, Measure.HEART_RATE_RISE,
)  # fmt: skip
MOST_TIMES = 5000
USUAL_STEPS_MIN = (
    2.0,
    5.0,
    10.0,
    20.0,
    60.0,
    240.0,
    1440.0,
)  # 40 min, the end of the standard infusion, is on most
MOST_FOR_MOOD = 2000
NEVER_A_RULE = "Model, not a measurement; never a discharge rule."


@dataclass(frozen=True)
class Study:
    """A regimen file, understood."""

    title: str
    regimen: Regimen
    people: People
    times_h: Array
    evidence: Evidence
    person: Person

    @property
    def footnote(self) -> str:
        """What every drawing and table carries."""
        aged = "" if self.people.age_years is None else f", all aged {self.people.age_years:g}"
        return f"{NEVER_A_RULE}\nModel {VERSION}, n {self.people.count}, seed {self.people.seed}{aged}."


def simulate(words: list[str]) -> int:
    """Read the file, simulate with progress, write tables and drawings, and print a summary. Raises CannotSimulate."""
    parser = argparse.ArgumentParser(prog="./sojourn simulate", description=simulate.__doc__)
    parser.add_argument("file", type=Path, help="the regimen, a TOML file")
    parser.add_argument("--out", type=Path, help="folder for drawings and tables (default: beside the file)")
    parser.add_argument("--png", action="store_true", help="each drawing as a PNG picture too")
    asked = parser.parse_args(words)
    study = read_study(_text_of(asked.file))
    folder = asked.out or asked.file.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    said = cautions(study)
    found = bands(
        regimen=study.regimen,
        people=study.people,
        times_h=study.times_h,
        measures=SHOWN,
        told=_progress(study.people.count),
    )
    hours = drawn_hours(
        regimen=study.regimen, people=study.people, title=study.title, footnote=study.footnote
    )
    drawings = {**_write(folder, study, found), **dict(hours), "mood": _write_mood(folder, study)}
    _write_drawings(folder, drawings, as_png=asked.png)
    sys.stdout.write("\n".join(summary(study, found, said)) + f"\n\nDrawings and tables: {folder}\n")
    return 0


def read_study(text: str) -> Study:
    """Understand a regimen file. Raise CannotSimulate, naming the field and the remedy."""
    told = read_toml(text)
    regimen = read_regimen({key: told[key] for key in ("session", "repeat") if key in told})
    people = told.get("people", {})
    if not isinstance(people, dict):
        raise CannotSimulate("people", "give a table [people] with number and seed")
    refuse_unknown(people, PEOPLE_KEYS)
    evidence = told.get("evidence", Evidence.OPEN)
    if evidence not in tuple(Evidence):
        raise not_known("evidence", evidence, Evidence)
    title = told.get("title", "A regimen")
    if not isinstance(title, str):
        raise CannotSimulate("title", "give a few words in quotes")
    last_h = regimen.sessions[-1].start_h
    until = number_within("until_h", told.get("until_h", last_h + 6.0), 0.1, 24 * 3650, "give hours above 0")
    if until < last_h:
        raise CannotSimulate(
            "until_h", f"ends before the last session begins, at {last_h:g} h; give more, or leave it out"
        )
    usual = next(step for step in USUAL_STEPS_MIN if until * 60 / step < MOST_TIMES)
    every = number_within("every_min", told.get("every_min", usual), 0.1, 1440, "give minutes, 0.1 to 1440")
    times = int(until * 60 / every) + 1
    if times > MOST_TIMES:
        raise CannotSimulate(
            "every_min", f"gives {times} times; give a longer step, for at most {MOST_TIMES}"
        )
    return Study(
        title=title,
        regimen=regimen,
        people=People(
            count=whole_within(
                "number", people.get("number", 1000), 1, MOST_PEOPLE, "give how many people, from 1 on"
            ),
            seed=people.get("seed", 1),
            weight_kg=people.get("weight_kg", 80.0),
            weight_sd_kg=people.get("weight_sd_kg", 16.0),
            age_years=people.get("age_years"),
        ),
        times_h=np.arange(times) * every / 60,
        evidence=Evidence(str(evidence)),
        person=_read_person(people),
    )


def _read_person(told: Mapping[str, object]) -> Person:
    """Read whom the people are like; what is left out is not known, which is never "no"."""
    pregnant, liver, others = told.get("pregnant"), told.get("liver"), told.get("interactions")
    if pregnant is not None and not isinstance(pregnant, bool):
        raise CannotSimulate("pregnant", "give true or false, or leave it out where it is not known")
    if liver is not None and liver not in tuple(Liver):
        raise not_known("liver", liver, Liver)
    if others is not None and not isinstance(others, list):
        raise CannotSimulate("interactions", f"give a list, empty or of {', '.join(Interaction)}")
    for other in others or ():
        if other not in tuple(Interaction):
            raise not_known("interactions", other, Interaction)
    weight = number_within("weight_kg", told.get("weight_kg", 80.0), LEAST_KG, MOST_KG, "give kilograms")
    age = told.get("age_years")
    return Person(
        weight_kg=weight,
        age_years=None if age is None else number_within("age_years", age, 18, 110, "give an adult's age"),
        is_pregnant=pregnant,
        liver=None if liver is None else Liver(str(liver)),
        interactions=None if others is None else tuple(Interaction(str(other)) for other in others),
    )


def cautions(study: Study) -> list[str]:
    """Say what lies outside the studies; refuse what lies far outside (CannotSimulate)."""
    sessions = study.regimen.sessions
    return list(dict.fromkeys(said for each in sessions for said in cautions_for(study.person, each.dose)))


def summary(study: Study, found: Mapping[Measure, Band], said: Sequence[str]) -> list[str]:
    """Put the main results into lines."""
    dose = study.regimen.sessions[0].dose
    days = ", ".join(f"{day:g}" for day in study.regimen.days)
    lines = [study.title, f"{dose.in_words}; day {days}", study.footnote.replace("\n", " "), ""]
    for measure, band in found.items():
        peak = [f"{band.of(share).max():.3g}" for share in (0.5, 0.05, 0.95)]
        sure = least_confident(dose.confidence, DESCRIBED[measure].confidence)
        lines.append(
            f"{measure:<20} highest: median {peak[0]} ({peak[1]} to {peak[2]}) {DESCRIBED[measure].unit}; confidence {sure}"
        )
    lines += _windows(study, "First session", study.regimen.sessions[:1])
    if len(study.regimen.sessions) > 1:
        lines += _windows(study, f"Session {len(study.regimen.sessions)}", study.regimen.sessions)
    return [*lines, *(f"Caution: {each}" for each in said)]


def _windows(study: Study, name: str, until: Sequence[Session]) -> Iterator[str]:
    """Say when most are back after the last of these sessions; those before it have left tolerance to dissociation."""
    last = until[-1]
    before = tuple((last.start_h - earlier.start_h) / 24 for earlier in until[:-1])
    for measure in (Measure.DISSOCIATION, Measure.SYSTOLIC_RISE):
        back = window(dose=last.dose, people=study.people, measure=measure, days_before=before)
        by = back.most_by_rounded_min
        words = "not within 8 h" if by is None else f"by {by} min (rounded up to 15 min)"
        yield f"{name}: 95 of 100 people at or below {back.threshold:g} {back.unit} {words}; {back.confidence}"


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotSimulate("file", f"{path} cannot be read ({error}); give a regimen file") from None


def _write_drawings(folder: Path, drawings: Mapping[str, str], *, as_png: bool) -> None:
    for name, drawn in drawings.items():
        (folder / f"{name}.svg").write_text(drawn, encoding="utf-8")
        if as_png:
            (folder / f"{name}.png").write_bytes(png_of(drawn))


def _write(folder: Path, study: Study, found: Mapping[Measure, Band]) -> dict[str, str]:
    """Write the table of quantiles; give the drawings by name."""
    drawings = {}
    with (folder / "quantiles.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["# " + study.footnote.replace("\n", " ")])
        writer.writerow(["time_h", "measure", "unit", "confidence", *(f"q{share:g}" for share in USUAL)])
        for measure, band in found.items():
            described = DESCRIBED[measure]
            sure = least_confident(study.regimen.sessions[0].dose.confidence, described.confidence)
            for place, time_h in enumerate(band.times_h):
                values = (f"{value:.6g}" for value in band.values[:, place])
                writer.writerow([f"{time_h:.6g}", measure, described.unit, sure, *values])
            note = f"{study.footnote} Confidence: {sure}."
            drawings[measure.replace(" ", "-")] = band_svg(band, title=study.title, footnote=note)
    return drawings


def _write_mood(folder: Path, study: Study) -> str:
    """Mood of the first people, without day-to-day noise, under the kind of evidence that was asked for."""
    days = np.linspace(0, study.regimen.days[-1] + 14, 121)
    some = People(
        count=min(study.people.count, MOST_FOR_MOOD),
        seed=study.people.seed,
        weight_kg=study.people.weight_kg,
        weight_sd_kg=study.people.weight_sd_kg,
        age_years=study.people.age_years,
    )
    scores = np.concatenate(
        [
            mood(regimen=study.regimen, people=block, days=days, evidence=study.evidence).score
            for block in some.blocks()
        ]
    )
    values = np.quantile(scores, USUAL, axis=0)
    note = (
        f"Evidence: {study.evidence}. Trials in which people could not tell found little or no difference.\n"
        f"Model {VERSION}, n {some.count}, seed {some.seed}. Confidence: low."
    )
    with (folder / "mood.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["# " + note.replace("\n", " ")])
        writer.writerow(["day", "measure", "unit", *(f"q{share:g}" for share in USUAL)])
        for place, day in enumerate(days):
            writer.writerow([f"{day:.6g}", "MADRS", "points", *(f"{one:.6g}" for one in values[:, place])])
    return quantile_svg(days * 24, values, title=study.title, name="MADRS", unit="points", footnote=note)


def _progress(total: int) -> Callable[[int], None]:
    """Tell how far it is on the terminal, and nothing where the output goes into a file."""

    def told(done: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done:,} of {total:,} people" + ("\n" if done == total else ""))
            sys.stderr.flush()

    return told
