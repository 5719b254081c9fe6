"""Judges a treatment history: which trials of antidepressants were adequate, and by whose definition that is resistance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sojourn.clinical.evidence import Basis, Citation, Table, read_citations, read_table
from sojourn.clinical.evidence.validity import Validity, above_zero, read_validity, rows_with_defaults
from sojourn.clinical.protocols.conditions import Answer
from sojourn.clinical.protocols.maudsley import STAGING, STAGING_KEYS

CURRENT_EPISODE, LIFETIME = "current_episode", "lifetime"


class UnknownCriteria(KeyError):
    """No definition of resistance has that id."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The least dose of a medicine, in mg a day, that makes a trial count."""

    name: str
    kind: str
    least_mg_per_day: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Criteria:
    """Somebody's definition of treatment resistance. `improvement_at_most`: percent that is still no response."""

    id: str
    says: str
    scope: str
    trials: int
    weeks: float
    different_classes: bool
    augmentation_counts: bool
    improvement_at_most: float | None
    basis: Basis
    citations: tuple[Citation, ...]
    validity: Validity


@dataclass(frozen=True, slots=True)
class Trial:
    """One antidepressant that was taken; None for what is not known. `augmentation`: added to another one."""

    medicine: str
    mg_per_day: float | None = None
    weeks: float | None = None
    improvement_percent: float | None = None
    taken_as_prescribed: bool | None = None
    in_current_episode: bool | None = None
    augmentation: bool = False


@dataclass(frozen=True, slots=True)
class JudgedTrial:
    """`why` says what speaks against the trial, or what is missing to count it."""

    trial: Trial
    adequate: Answer
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """`resistant` is unknown while trials that are not documented could decide it."""

    criteria: Criteria
    trials: tuple[JudgedTrial, ...]
    adequate: int
    undocumented: int
    resistant: Answer


def judge_history(trials: Iterable[Trial], *, criteria_id: str = "program") -> History:
    """Judge each trial and the whole by one definition. A detail nobody documented leaves a trial open.

    Where different classes are asked for, trials of one class count once. Raises UnknownCriteria.
    """
    criteria = next((each for each in all_criteria() if each.id == criteria_id), None)
    if criteria is None:
        raise UnknownCriteria(criteria_id)
    judged = tuple(_judged(trial, criteria) for trial in trials)
    sure = _count(judged, {Answer.YES}, criteria)
    at_best = _count(judged, {Answer.YES, Answer.UNKNOWN}, criteria)
    short = Answer.UNKNOWN if at_best >= criteria.trials else Answer.NO
    resistant = Answer.YES if sure >= criteria.trials else short
    undocumented = sum(each.adequate is Answer.UNKNOWN for each in judged)
    return History(criteria, judged, sure, undocumented, resistant)


@cache
def floors() -> Mapping[str, Floor]:
    """Give the least dose of each antidepressant by name."""
    rows = rows_with_defaults(
        _table(), "floor", allowed=(), required=("name", "class", "least_mg_per_day", "citations")
    )
    for row in rows:
        above_zero(row, "least_mg_per_day")
    return MappingProxyType(
        {
            row.text("name"): Floor(
                row.text("name"), row.text("class"), row.number("least_mg_per_day"), read_citations(row)
            )
            for row in rows
        }
    )


@cache
def all_criteria() -> tuple[Criteria, ...]:
    """Give every definition of resistance, the program's own first."""
    rows = rows_with_defaults(
        _table(),
        "criteria",
        allowed=("improvement_at_most", "augmentation_counts"),
        required=("id", "says", "scope", "trials", "weeks", "different_classes", "basis", "citations"),
    )
    for row in rows:
        above_zero(row, "trials", "weeks")
    return tuple(
        Criteria(
            id=row.text("id"),
            says=row.text("says"),
            scope=row.choice("scope", (CURRENT_EPISODE, LIFETIME)),
            trials=row.whole("trials"),
            weeks=row.number("weeks"),
            different_classes=row.flag("different_classes"),
            augmentation_counts=row.flag("augmentation_counts") if "augmentation_counts" in row else False,
            improvement_at_most=row.number_or_none("improvement_at_most"),
            basis=Basis(row.choice("basis", tuple(Basis))),
            citations=read_citations(row),
            validity=read_validity(row),
        )
        for row in rows
    )


def _table() -> Table:
    return read_table(STAGING, allowed=STAGING_KEYS)


def _judged(trial: Trial, criteria: Criteria) -> JudgedTrial:
    floor = floors().get(trial.medicine.strip().lower())
    least = floor.least_mg_per_day if floor else None
    checks = [
        _at_least(trial.mg_per_day, least, "dose", "mg a day"),
        _at_least(trial.weeks, criteria.weeks, "duration", "weeks"),
        _told(trial.taken_as_prescribed, "not taken as prescribed", "whether it was taken as prescribed"),
    ]
    if criteria.scope == CURRENT_EPISODE:
        checks.append(_told(trial.in_current_episode, "in an earlier episode", "in which episode"))
    if criteria.improvement_at_most is not None:
        checks.append(_no_response(trial.improvement_percent, criteria.improvement_at_most))
    if trial.augmentation and not criteria.augmentation_counts:
        checks.append((Answer.NO, "an augmentation, not a trial of its own"))
    against = tuple(why for held, why in checks if held is Answer.NO)
    open_ones = tuple(why for held, why in checks if held is Answer.UNKNOWN)
    if against:
        return JudgedTrial(trial, Answer.NO, against)
    return JudgedTrial(trial, Answer.UNKNOWN if open_ones else Answer.YES, open_ones)


def _at_least(value: float | None, least: float | None, what: str, unit: str) -> tuple[Answer, str]:
    if least is None:
        return Answer.UNKNOWN, f"least {what} of this medicine is not known here"
    if value is None:
        return Answer.UNKNOWN, f"{what} is not documented"
    if value < least:
        return Answer.NO, f"{what} of {value:g} is below {least:g} {unit}"
    return Answer.YES, ""


def _told(value: bool | None, against: str, missing: str) -> tuple[Answer, str]:  # noqa: FBT001 - the fact itself
    if value is None:
        return Answer.UNKNOWN, f"{missing} is not documented"
    return (Answer.YES, "") if value else (Answer.NO, against)


def _no_response(improved: float | None, most: float) -> tuple[Answer, str]:
    if improved is None:
        return Answer.UNKNOWN, "change of the score is not documented"
    if improved > most:
        return Answer.NO, f"improved by {improved:g}%, more than {most:g}%"
    return Answer.YES, ""


def _count(judged: Iterable[JudgedTrial], wanted: set[Answer], criteria: Criteria) -> int:
    counted = [each.trial for each in judged if each.adequate in wanted]
    if not criteria.different_classes:
        return len(counted)
    return len({_class_of(trial) for trial in counted})


def _class_of(trial: Trial) -> str:
    """A medicine whose class is not known stands for itself."""
    name = trial.medicine.strip().lower()
    floor = floors().get(name)
    return floor.kind if floor else name
