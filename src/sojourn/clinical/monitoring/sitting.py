"""When the sitter looks at the patient next. Their looks stand beside the vital signs of the plan, not in their place."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

LOOK_EVERY: Final = timedelta(minutes=15)  # program policy: a sitter looks every 15 minutes from the dose on
LOOK_LATE_AFTER: Final = timedelta(minutes=1)  # program policy: after this a look that was due is overdue


def next_sitter_look(looked_at: Iterable[datetime], *, dosed_at: datetime) -> datetime:
    """Give when the sitter's next look is due: 15 minutes after their last one, or after the dose."""
    return max([dosed_at, *(moment for moment in looked_at if moment > dosed_at)]) + LOOK_EVERY
