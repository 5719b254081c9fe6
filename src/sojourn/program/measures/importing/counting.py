"""A number with its noun, for sentences on a terminal."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a number and its noun in the right form: 1 row, 2,378 rows."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
