"""What failed is set aside for a while, so that one row that cannot be worked on never holds up the others."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

AGAIN_AFTER_S: Final = 30.0


@dataclass
class SetAside:
    """The rows that failed lately in this process, by their ids. Each is tried again after a while."""

    for_s: float = AGAIN_AFTER_S
    clock: Callable[[], float] = time.monotonic
    _until: dict[UUID, float] = field(default_factory=dict)

    def add(self, row_id: UUID, *, for_s: float | None = None) -> None:
        """Leave this row out from now on, for `for_s` seconds where they are given."""
        self._until[row_id] = self.clock() + (self.for_s if for_s is None else for_s)

    def ids(self) -> list[UUID]:
        """The rows that are left out now."""
        now = self.clock()
        self._until = {row_id: until for row_id, until in self._until.items() if until > now}
        return list(self._until)
