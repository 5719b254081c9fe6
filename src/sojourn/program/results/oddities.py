"""Looking through the records behind a result for what is odd: twins, impossible scores and days, zeros that may be gaps."""

from importlib.resources import files
from typing import Final

from django.db import connection

from sojourn.clinical.outcomes.practice.oddities import Odd
from sojourn.clinical.outcomes.reports import Yardstick
from sojourn.program.people.actors import Actor
from sojourn.program.results.counting import Asked, people_asked

STATEMENT: Final = (files("sojourn.program.results") / "oddities.sql").read_text(encoding="utf-8")
MOST_ON_A_PAGE: Final = 5000  # people: beyond it every score would be read again for each look at a page
A_THIRD: Final = 3


def odd_among(actor: Actor, asked: Asked, *, yardstick: Yardstick) -> Odd:
    """Count what is odd among the people the actor may see and asks for; one query over all their scores."""
    statement, given = people_asked(actor, asked, STATEMENT, yardstick.id)
    low, high = float(yardstick.low), float(yardstick.high)
    values = given | {
        "low": low,
        "high": high,
        "a_third": low + (high - low) / A_THIRD,
        "today": asked.as_of,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    assert row is not None
    return Odd(*(int(n) for n in row))
