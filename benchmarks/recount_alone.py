"""A recount in a process of its own, to see how much memory it takes; prints MiB."""

import sys

import numpy as np

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS
from sojourn.clinical.outcomes.recount import People, Readings, scores_that_count, tallies
from sojourn.clinical.outcomes.reports import yardstick_of


def main() -> None:
    """Read columns, recount, print the most memory held."""
    import resource

    path, as_of = sys.argv[1], int(sys.argv[2])
    with np.load(path) as kept:
        people = People(kept["first"], kept["unit"], int(kept["unit"].max()) + 1)
        readings = Readings(kept["person"], kept["day"], kept["value"])
    scores = scores_that_count(people, readings, windows=USUAL_WINDOWS, as_of=as_of)
    yardstick = yardstick_of(instruments.get("phq-9"))
    tallies(people, scores, yardstick=yardstick, windows=USUAL_WINDOWS, as_of=as_of)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
