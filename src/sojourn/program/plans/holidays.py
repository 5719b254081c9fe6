"""Days on which the practice is closed (program policy): the federal holidays most clinics keep."""

from datetime import date, timedelta

MONDAY, THURSDAY = 0, 3
A_WEEK = timedelta(days=7)


def holidays_between(begin: date, end: date) -> frozenset[date]:
    """The closed days from the first day to the last, both counted; one that falls on a weekend stays there."""
    years = range(begin.year, end.year + 1)
    return frozenset(day for year in years for day in holidays_of(year) if begin <= day <= end)


def holidays_of(year: int) -> tuple[date, ...]:
    """New Year, Memorial Day, Juneteenth, Independence Day, Labor Day, Thanksgiving and Christmas of one year."""
    last_of_may = date(year, 5, 31)
    return (
        date(year, 1, 1),
        last_of_may - timedelta(days=last_of_may.weekday()),
        date(year, 6, 19),
        date(year, 7, 4),
        _first(MONDAY, date(year, 9, 1)),
        _first(THURSDAY, date(year, 11, 1)) + 3 * A_WEEK,
        date(year, 12, 25),
    )


def _first(weekday: int, day: date) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
