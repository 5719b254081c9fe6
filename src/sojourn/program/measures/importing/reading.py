"""A whole file read into scores, visits without a score, and refusals. Writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sojourn.program.measures.importing.import_map import ImportMap
from sojourn.program.measures.importing.score_file import open_scores, rows_of
from sojourn.program.measures.importing.visits import (
    Found,
    LeftOut,
    Refusal,
    RowReader,
    Unscored,
    Visit,
)


@dataclass(frozen=True)
class Gap:
    """A visit of a person without a usable score, and why in words."""

    visit: Visit
    because: str


@dataclass(frozen=True)
class Reading:
    """What a file holds. `people` are all who are named in it, with the birth date where the file states one."""

    import_map: ImportMap
    rows: int
    people: dict[str, date | None]
    scores: tuple[Visit, ...]
    gaps: tuple[Gap, ...]
    refused: tuple[Refusal, ...]
    missing: int
    repeated: int
    left_out: int
    left_out_with_score: int
    remarks: tuple[str, ...]


@dataclass
class _Gathering:
    """What has been read so far. Visits are kept by person and label, because a later row may contradict one."""

    people: dict[str, date | None] = field(default_factory=dict)
    born_twice: set[str] = field(default_factory=set)
    scores: dict[tuple[str, str], Visit] = field(default_factory=dict)
    contradicted: set[tuple[str, str]] = field(default_factory=set)
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    rows: int = 0
    missing: int = 0
    repeated: int = 0
    left_out: int = 0
    left_out_with_score: int = 0

    def take(self, found: Found, score_column: str) -> str | None:
        """Keep what a row holds; returns the person it names."""
        match found:
            case Refusal():
                self.refused.append(found)
                return None
            case LeftOut(person, has_score):
                self.left_out += 1
                self.left_out_with_score += has_score
                return person
            case Unscored(visit, refusal):
                self.refused.append(refusal)
                self._gap(visit, "the score was refused on import")
            case Visit() as visit if visit.value is None:
                self.missing += 1
                self._gap(visit, "no score")
            case visit:
                self._score(visit, score_column)
        return visit.person

    def _gap(self, visit: Visit, because: str) -> None:
        self.gaps.setdefault((visit.person, visit.label), Gap(visit, because))

    def _score(self, visit: Visit, score_column: str) -> None:
        key = (visit.person, visit.label)
        earlier = self.scores.setdefault(key, visit)
        if earlier is visit:
            return
        if earlier.value == visit.value and earlier.on == visit.on:
            self.repeated += 1
            return
        if key not in self.contradicted:
            self.contradicted.add(key)
            self.refused.append(_contradiction(earlier, visit, score_column))
        self.refused.append(_contradiction(visit, earlier, score_column))

    def born(self, person: str, born_on: date | None) -> None:
        """Keep a birth date as long as all rows of a person agree."""
        known = self.people.setdefault(person, born_on)
        if born_on is not None and known is None:
            self.people[person] = born_on
        elif born_on not in {None, known}:
            self.born_twice.add(person)


def read_scores(
    path: Path, import_map: ImportMap, *, today: date, tell: Callable[[int], None] = lambda _: None
) -> Reading:
    """Read a file by its map, a row at a time. Raises FileUnusable.

    Two rows that give one person two scores for one visit are both refused: nobody can tell which is right.
    """
    opened = open_scores(path, import_map.columns)
    reader = RowReader(opened, import_map, today)
    gathered = _Gathering()
    for row in rows_of(opened, tell=tell):
        gathered.rows += 1
        person = gathered.take(reader.read(row), import_map.score_column)
        if person is not None:
            gathered.born(person, reader.born_on(row))
    return _settled(gathered, import_map, opened.remark)


def _settled(gathered: _Gathering, import_map: ImportMap, remark: str) -> Reading:
    for key in gathered.contradicted:
        visit = gathered.scores.pop(key)
        gathered.gaps[key] = Gap(visit._replace(value=None), "the score was refused on import")
    for person in gathered.born_twice:
        gathered.people[person] = None
    remarks = [remark] if remark else []
    if gathered.born_twice:
        remarks.append(f"{len(gathered.born_twice)} people have two birth dates; neither was kept.")
    return Reading(
        import_map=import_map,
        rows=gathered.rows,
        people=gathered.people,
        scores=tuple(gathered.scores.values()),
        gaps=tuple(gap for key, gap in gathered.gaps.items() if key not in gathered.scores),
        refused=tuple(sorted(gathered.refused, key=lambda refusal: refusal.line)),
        missing=gathered.missing,
        repeated=gathered.repeated,
        left_out=gathered.left_out,
        left_out_with_score=gathered.left_out_with_score,
        remarks=tuple(remarks),
    )


def _contradiction(visit: Visit, other: Visit, column: str) -> Refusal:
    return Refusal(
        visit.line,
        column,
        str(visit.value),
        f"contradicts line {other.line}: the same person and visit, but another score or day",
    )
