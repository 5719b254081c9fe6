"""The Maudsley Staging Method: how resistant a depression has been to treatment, from 3 to 15 points."""

from dataclasses import dataclass
from functools import cache

from sojourn.clinical.evidence import Citation, Table, read_citations, read_table
from sojourn.clinical.protocols.questions import DATA

STAGING = DATA / "staging.toml"
STAGING_KEYS = ("defaults", "floor", "criteria", "maudsley")


class CannotBeStaged(ValueError):
    """The method does not apply; the message says to whom it does."""


@dataclass(frozen=True, slots=True)
class MaudsleyStage:
    """`total` from 3 to 15, its band, and the points of each part by name."""

    total: int
    band: str
    points: tuple[tuple[str, int], ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Points, or a word, up to and including a number; the last step has no end."""

    steps: tuple[tuple[float | None, int | str], ...]

    def at(self, number: float) -> int | str:
        for most, given in self.steps:
            if most is None or number <= most:
                return given
        raise CannotBeStaged(f"No step reaches {number:g}.")


@dataclass(frozen=True, slots=True)
class _Method:
    duration: Steps
    failures: Steps
    severity: tuple[tuple[str, int], ...]
    augmentation: int
    ect: int
    bands: Steps
    citations: tuple[Citation, ...]


def maudsley_stage(
    *, months: float, severity: str, failures: int, augmentation: bool, ect: bool
) -> MaudsleyStage:
    """Stage an episode. `months` it has lasted; `failures` are antidepressants that did not help, at least one.

    `severity` is one of subsyndromal, mild, moderate, severe, psychotic. Raises CannotBeStaged.
    """
    return _staged(_method(), months, severity, failures, augmentation=augmentation, ect=ect)


def maudsley_citations() -> tuple[Citation, ...]:
    """Name where the method comes from."""
    return _method().citations


def maudsley_bands() -> tuple[tuple[float, str], ...]:
    """Give each band with the highest total in it."""
    return tuple((most or 0, str(name)) for most, name in _method().bands.steps)


def read_method(table: Table) -> _Method:
    """Read the method and prove it by its examples. Raises DataFileInvalid."""
    row = table.table(
        "maudsley",
        allowed=(),
        required=(
            "citations", "duration_months", "failures", "severity", "augmentation_points", "ect_points", "bands",
            "examples",
        ),
    )  # fmt: skip
    method = _Method(
        duration=_steps(row, "duration_months", "points"),
        failures=_steps(row, "failures", "points"),
        severity=tuple(
            (each.text("id"), each.whole("points"))
            for each in row.tables("severity", allowed=(), required=("id", "points"))
        ),
        augmentation=row.whole("augmentation_points"),
        ect=row.whole("ect_points"),
        bands=_steps(row, "bands", "id"),
        citations=read_citations(row),
    )
    facts = ("months", "severity", "failures", "augmentation", "ect")
    for example in row.tables("examples", allowed=(), required=(*facts, "total", "band")):
        try:
            stage = _staged(
                method,
                example.number("months"),
                example.text("severity"),
                example.whole("failures"),
                augmentation=example.flag("augmentation"),
                ect=example.flag("ect"),
            )
        except CannotBeStaged as refused:
            raise example.refuse("total", f"cannot be staged: {refused}") from refused
        if (stage.total, stage.band) != (example.whole("total"), example.text("band")):
            raise example.refuse("total", f"comes out as {stage.total}, {stage.band}; correct one of the two")
    return method


@cache
def _method() -> _Method:
    return read_method(read_table(STAGING, allowed=STAGING_KEYS))


def _steps(row: Table, key: str, gives: str) -> Steps:
    found = row.tables(key, allowed=("most",), required=(gives,))
    ends = [each.number_or_none("most") for each in found]
    if sorted(end for end in ends if end is not None) != [end for end in ends if end is not None]:
        raise row.refuse(key, "order the steps by `most`, the smallest first")
    return Steps(
        tuple(
            (each.number_or_none("most"), each.whole(gives) if gives == "points" else each.text(gives))
            for each in found
        )
    )


def _staged(
    method: _Method, months: float, severity: str, failures: int, *, augmentation: bool, ect: bool
) -> MaudsleyStage:
    weights = dict(method.severity)
    if failures < 1:
        raise CannotBeStaged("Staging needs at least one antidepressant that did not help.")
    if months < 0 or severity not in weights:
        raise CannotBeStaged(f"Give the months, 0 or more, and a severity: {', '.join(weights)}.")
    points = (
        ("duration", int(method.duration.at(months))),
        ("severity", weights[severity]),
        ("failures", int(method.failures.at(failures))),
        ("augmentation", method.augmentation if augmentation else 0),
        ("ect", method.ect if ect else 0),
    )
    total = sum(each for _, each in points)
    return MaudsleyStage(total, str(method.bands.at(total)), points, method.citations)
