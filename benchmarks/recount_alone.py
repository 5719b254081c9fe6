"""A recount in a process of its own, to see how much memory it takes; prints MiB."""

import sys
from pathlib import Path

import numpy as np

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS
from sojourn.clinical.outcomes.recount import People, Readings, scores_that_count, tallies
from sojourn.clinical.outcomes.reports import yardstick_of


def main() -> None:
    """Read columns, recount, print the most memory held."""
    path, as_of = sys.argv[1], int(sys.argv[2])
    with np.load(path) as kept:
        people = People(kept["first"], kept["unit"], int(kept["unit"].max()) + 1)
        readings = Readings(kept["person"], kept["day"], kept["value"])
    scores = scores_that_count(people, readings, windows=USUAL_WINDOWS, as_of=as_of)
    yardstick = yardstick_of(instruments.get("phq-9"))
    tallies(people, scores, yardstick=yardstick, windows=USUAL_WINDOWS, as_of=as_of)
    print(highest_memory_mib())


def highest_memory_mib() -> float:
    """The most memory this process has held. What getrusage says would still hold that of the process that started it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
