"""A whole file read into scores, visits without a score, and refusals. Writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sojourn.program.measures.importing.counting import counted
from sojourn.program.measures.importing.import_map import ImportMap
from sojourn.program.measures.importing.score_file import FileUnusable, Opened, open_scores, rows_of
from sojourn.program.measures.importing.visits import (
    Found,
    LeftOut,
    Refusal,
    RowReader,
    Unscored,
    Visit,
)

MOST_ROWS = 5_000_000  # about 350 bytes each are held: all rows of a file go in together, or none


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
    """What has been read so far. Visits are kept by person and label, because a later row may contradict one.

    `again` holds the second and later rows of a visit.
    """

    people: dict[str, date | None] = field(default_factory=dict)
    born_twice: set[str] = field(default_factory=set)
    scores: dict[tuple[str, str], Visit] = field(default_factory=dict)
    again: dict[tuple[str, str], list[Visit]] = field(default_factory=dict)
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    rows: int = 0
    missing: int = 0
    repeated: int = 0
    left_out: int = 0
    left_out_with_score: int = 0

    def take(self, found: Found) -> str | None:
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
                self._score(visit)
        return visit.person

    def _gap(self, visit: Visit, because: str) -> None:
        self.gaps.setdefault((visit.person, visit.label), Gap(visit, because))

    def _score(self, visit: Visit) -> None:
        key = (visit.person, visit.label)
        if self.scores.setdefault(key, visit) is not visit:
            self.again.setdefault(key, []).append(visit)

    def settle_repeats(self, score_column: str) -> None:
        """Count the rows that say again what another says; refuse all rows of a visit that contradict each other."""
        for key, again in self.again.items():
            rows = [self.scores[key], *again]
            if all(_says(row) == _says(rows[0]) for row in again):
                self.repeated += len(again)
                continue
            del self.scores[key]
            for row in rows:
                other = next(each for each in rows if _says(each) != _says(row))
                self.refused.append(_contradiction(row, other, score_column))
            self.gaps[key] = Gap(rows[0]._replace(value=None), "the score was refused on import")

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
        if gathered.rows > MOST_ROWS:
            raise FileUnusable(
                f"{path.name} has more than {MOST_ROWS:,} rows. Split it by people and import part after part."
            )
        person = gathered.take(reader.read(row))
        if person is not None:
            gathered.born(person, reader.born_on(row))
    gathered.settle_repeats(import_map.score_column)
    return _settled(gathered, import_map, _remarks(opened, reader, gathered))


def _remarks(opened: Opened, reader: RowReader, gathered: _Gathering) -> tuple[str, ...]:
    """What a reader should know beside the counts."""
    remarks = [opened.remark] if opened.remark else []
    if reader.births_unread:
        remarks.append(
            f"{counted(reader.births_unread, 'birth date')} cannot be, or cannot be read; none was kept."
        )
    if gathered.born_twice:
        people = counted(len(gathered.born_twice), "person", "people")
        remarks.append(f"{people} with two birth dates; neither was kept.")
    return tuple(remarks)


def _settled(gathered: _Gathering, import_map: ImportMap, remarks: tuple[str, ...]) -> Reading:
    for person in gathered.born_twice:
        gathered.people[person] = None
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
        remarks=remarks,
    )


def _says(visit: Visit) -> tuple[int | None, date]:
    return visit.value, visit.on


def _contradiction(visit: Visit, other: Visit, column: str) -> Refusal:
    return Refusal(
        visit.line,
        column,
        str(visit.value),
        f"contradicts line {other.line}: the same person and visit, but another score or day",
    )
