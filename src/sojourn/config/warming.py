"""Draws the floor as the server starts, so that the first board after a start costs no more than the next."""

import gc
import logging
import threading
from datetime import datetime
from typing import Final

from django.db import connections
from django.template.loader import get_template

from sojourn.config import clock
from sojourn.program.treatment.floor import whole_floor
from sojourn.workspace.session_room.rows import rows_of

WATCHED: Final = ("workspace/session_room/sessions.html", "workspace/inbox/inbox.html")
AT_A_TIME: Final = 20  # a row that changed meanwhile is drawn in between
log = logging.getLogger("sojourn.warming")


def warm_up() -> threading.Thread:
    """Draw the floor beside the answering of pages; a board that is asked for meanwhile draws what is still missing."""
    thread = threading.Thread(target=_warm_up, name="warming", daemon=True)
    thread.start()
    return thread


def draw_the_floor(*, now: datetime) -> int:
    """Put the pages together that are watched, and draw every row that stands on a board now; returns how many."""
    for page in WATCHED:
        get_template(page).render({"csrf_token": "nobody's"})
    places = whole_floor(now=now).places
    for first in range(0, len(places), AT_A_TIME):
        rows_of(places[first : first + AT_A_TIME], now=now)
    return len(places)


def _warm_up() -> None:
    try:
        count = draw_the_floor(now=clock.now())
    except Exception:  # the edge of a thread: without the database the first board draws them itself
        log.exception("the floor could not be drawn in advance")
    else:
        log.info("%s rows of the floor drawn in advance", count)
    finally:
        connections.close_all()
        leave_what_is_loaded_alone()


def leave_what_is_loaded_alone() -> None:
    """Let Python look for garbage only among what is made from now on: to go through all of this stops every thread."""
    gc.collect()
    gc.freeze()
