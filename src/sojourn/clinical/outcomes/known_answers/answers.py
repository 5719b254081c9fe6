"""Reads the published figures, and judges ours against them."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sojourn.clinical.evidence import DataFileInvalid, Table, read_table

PATH = files("sojourn.clinical.outcomes") / "data" / "known_answers.toml"


@dataclass(frozen=True)
class Answer:
    """One published figure. Ours agrees when it is `within` of it, in the figure's own unit; 0 means exactly."""

    quantity: str
    published: float
    within: float
    said_by: str


@dataclass(frozen=True)
class DataSet:
    """A data set with its published figures. `file` is None where counts given in the text suffice."""

    id: str
    title: str
    file: str | None
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Verdict:
    """Ours beside what is published."""

    answer: Answer
    ours: float

    @property
    def difference(self) -> float:
        return self.ours - self.answer.published

    @property
    def agrees(self) -> bool:
        """True within the tolerance; the last hair is the rounding of a decimal number."""
        return abs(self.difference) <= self.answer.within * (1 + 1e-9) + 1e-12


def judge(answer: Answer, value: float) -> Verdict:
    """Set our value beside the published one."""
    return Verdict(answer, float(value))


@cache
def known_answers() -> tuple[DataSet, ...]:
    """Read all data sets with their answers. Raises DataFileInvalid, with the key and the remedy."""
    table = read_table(PATH, allowed=(), required=("data_set",))
    return tuple(
        _data_set(each)
        for each in table.tables("data_set", allowed=("file",), required=("id", "title", "answers"))
    )


def _data_set(table: Table) -> DataSet:
    groups = table.tables("answers", allowed=(), required=("said_by", "figures"))
    answers = tuple(answer for group in groups for answer in _answers(group))
    names = [answer.quantity for answer in answers]
    if len(set(names)) < len(names):
        raise table.refuse("answers", "name each quantity once")
    return DataSet(table.text("id"), table.text("title"), table.text_or_none("file"), answers)


def _answers(group: Table) -> list[Answer]:
    rows = group.values["figures"]
    if not isinstance(rows, list):
        raise group.refuse("figures", "give a list of [quantity, published, within]")
    return [_answer(group, row) for row in rows]


def _answer(group: Table, row: object) -> Answer:
    match row:
        case [str(quantity), int() | float() as published, int() | float() as within]:
            return Answer(quantity, float(published), float(within), group.text("said_by"))
        case _:
            raise _not_a_figure(group)


def _not_a_figure(group: Table) -> DataFileInvalid:
    return group.refuse("figures", 'give each as ["quantity", published, within]')
