"""Shows how far a long task is: a bar where somebody is looking, a line for every tenth elsewhere."""

from dataclasses import dataclass
from typing import TextIO

BAR = 30


@dataclass
class Progress:
    """How far one stage is. `whole` is its size in any unit; 0 means that there is nothing to do."""

    stream: TextIO
    stage: str
    whole: int
    shown: int = -1

    def tell(self, done: int) -> None:
        """Show that this much is done, if it makes a visible difference."""
        percent = min(100, 100 * done // self.whole) if self.whole else 100
        if self.stream.isatty():
            self._draw(percent)
        elif percent // 10 > max(self.shown, 0) // 10:
            self.shown = percent
            self.stream.write(f"{self.stage}: {percent} %\n")

    def end(self) -> None:
        """Show the stage as done."""
        self.tell(self.whole)
        if self.stream.isatty():
            self.stream.write("\n")

    def _draw(self, percent: int) -> None:
        if percent != self.shown:
            self.shown = percent
            filled = "#" * (BAR * percent // 100)
            self.stream.write(f"\r{self.stage:<10} [{filled:<{BAR}}] {percent:3} %")
            self.stream.flush()
