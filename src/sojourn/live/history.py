"""What boards were told lately, so that one whose line broke goes on where it stopped."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_MESSAGES: Final = 4000
MOST_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """One change: its number, the sites whose boards hear of it, and the bytes they are sent."""

    number: int
    sites: frozenset[str]
    message: bytes


class History:
    """The last changes in order, bounded in number and bytes."""

    def __init__(self, *, most_messages: int = MOST_MESSAGES, most_bytes: int = MOST_BYTES) -> None:
        self.most_messages, self.most_bytes = most_messages, most_bytes
        self.told: deque[Told] = deque()
        self.bytes = 0
        self.begins_after = 0  # every change with a higher number is kept here

    def keep(self, told: Told) -> None:
        self.told.append(told)
        self.bytes += len(told.message)
        while len(self.told) > self.most_messages or self.bytes > self.most_bytes:
            dropped = self.told.popleft()
            self.bytes -= len(dropped.message)
            self.begins_after = dropped.number

    def forget(self, number: int) -> None:
        """Nothing up to this number can be told again."""
        self.told.clear()
        self.bytes = 0
        self.begins_after = number

    def after(self, number: int) -> Iterator[Told] | None:
        """The changes after this one, or None where some of them are kept no more."""
        if number < self.begins_after:
            return None
        return (told for told in self.told if told.number > number)
