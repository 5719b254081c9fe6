"""How the threads of the web server take turns. Only one of them runs Python at a time."""

import sys
from typing import Final

TURN_S: Final = 0.0005


def take_short_turns() -> None:
    """Let a thread that has its answer from the database wait for half a millisecond at most, not for five.

    A short request asks the database several times; beside a page that draws for a tenth of a second it would wait for
    a whole turn after each answer.
    """
    sys.setswitchinterval(TURN_S)
