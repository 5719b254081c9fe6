"""What is said when something cannot be simulated: the field, what is wrong, what to do."""


class CannotSimulate(ValueError):
    """The regimen, person or population cannot be simulated. `field` is the one to correct."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(f"`{field}`: {remedy}")
        self.field = field
        self.remedy = remedy


def number_within(field: str, value: object, low: float, high: float, remedy: str) -> float:
    """Give the value as a number within the bounds. Raise CannotSimulate."""
    if isinstance(value, str):
        raise CannotSimulate(field, f"give a bare number, without a unit. {remedy}")
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise CannotSimulate(field, remedy)
    return float(value)
