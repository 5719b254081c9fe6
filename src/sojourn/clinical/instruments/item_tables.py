"""Reads the questions of an instrument and the answers they offer."""

from dataclasses import dataclass

from sojourn.clinical.evidence import Table
from sojourn.clinical.instruments.conditions import read_condition
from sojourn.clinical.instruments.definition import Item, Option

LONGEST_LINE = 1000  # a visual analog scale has a value a point; nobody can point more finely


@dataclass(frozen=True)
class _AnswerSet:
    options: tuple[Option, ...]
    ends: tuple[str, str] | None
    key: str | None


def read_items(file: Table) -> tuple[Item, ...]:
    """Read the items with their answers. Raise DataFileInvalid."""
    sets = {
        row.text("id"): _answer_set(row)
        for row in file.tables(
            "answer_set", allowed=("options", "from", "to", "ends", "key"), required=("id",)
        )
    }
    rows = file.tables(
        "item",
        allowed=("text", "code", "asked_when", "about_suicide"),
        required=("id", "number", "answers"),
    )
    return tuple(_item(row, sets) for row in rows)


def _item(row: Table, sets: dict[str, _AnswerSet]) -> Item:
    name = row.choice("answers", tuple(sets))
    offered = sets[name]
    return Item(
        id=row.text("id"),
        number=row.text("number"),
        text=row.text_or_none("text"),
        answer_set=name,
        options=offered.options,
        ends=offered.ends,
        key=offered.key,
        code=row.text_or_none("code"),
        asked_when=read_condition(row, "asked_when") if "asked_when" in row else None,
        about_suicide="about_suicide" in row and row.flag("about_suicide"),
    )


def _answer_set(row: Table) -> _AnswerSet:
    if ("options" in row) == ("from" in row):
        raise row.refuse("options", "list the options, or give from and to for a line; not both")
    if "options" in row:
        return _AnswerSet(tuple(_option(o) for o in _option_rows(row)), None, row.text_or_none("key"))
    low, high = row.whole("from"), row.whole("to")
    if not 0 < high - low <= LONGEST_LINE:
        raise row.refuse("to", "give an end above the start, at most 1000 steps away")
    return _AnswerSet(
        tuple(Option(value, None, value, None) for value in range(low, high + 1)),
        _ends(row),
        row.text_or_none("key"),
    )


def _ends(row: Table) -> tuple[str, str] | None:
    ends = row.texts("ends")
    if len(ends) not in {0, 2}:
        raise row.refuse("ends", "give the words at the low and at the high end")
    return (ends[0], ends[1]) if ends else None


def _option_rows(row: Table) -> tuple[Table, ...]:
    return row.tables("options", allowed=("text", "points", "not_applicable", "code"), required=("value",))


def _option(row: Table) -> Option:
    value = row.whole("value")
    points = row.whole("points") if "points" in row else value
    applies = not ("not_applicable" in row and row.flag("not_applicable"))
    return Option(value, row.text_or_none("text"), points if applies else None, row.text_or_none("code"))
