"""Scores as plain data for keeping, and back."""

from collections.abc import Mapping
from fractions import Fraction

from sojourn.clinical.instruments.definition import Band
from sojourn.clinical.instruments.scoring import Score, Unscorable
from sojourn.clinical.instruments.totals import TotalOnly

Result = Score | Unscorable | TotalOnly
KINDS: Mapping[str, type[Result]] = {"score": Score, "unscorable": Unscorable, "total only": TotalOnly}


def score_as_json(result: Result) -> dict[str, object]:
    """Give plain data; values are exact fractions in words, such as "9/2"."""
    kind = next(name for name, known in KINDS.items() if isinstance(result, known))
    return {"kind": kind} | {name: _plain(value) for name, value in vars(result).items()}


def score_from_json(stored: Mapping[str, object]) -> Result:
    """Read back what `score_as_json` gave. Raise ValueError for anything else."""
    fields = dict(stored)
    kind = KINDS.get(str(fields.pop("kind", None)))
    if kind is None:
        raise ValueError("not a stored score")
    if "value" in fields:
        fields["value"] = Fraction(str(fields["value"]))
    if isinstance(band := fields.get("band"), Mapping):
        fields["band"] = Band(**band)
    for name in ("missing", "blank"):
        if isinstance(items := fields.get(name), list):
            fields[name] = tuple(items)
    try:
        return kind(**fields)  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError("not a stored score") from error


def _plain(value: object) -> object:
    match value:
        case Fraction():
            return str(value)
        case Band():
            return dict(vars(value))
        case tuple():
            return list(value)
    return value
