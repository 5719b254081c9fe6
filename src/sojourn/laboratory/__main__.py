"""Reads the laboratory's first word and hands over; started by `./sojourn`."""

import sys

from sojourn.clinical.pharmacology.refusals import CannotSimulate
from sojourn.laboratory.simulating import simulate
from sojourn.laboratory.synthesizing import synthesize_people
from sojourn.laboratory.validating import validate

COMMANDS = {"simulate": simulate, "synthesize": synthesize_people, "validate": validate}


def main(words: list[str]) -> int:
    """Run one command; returns its exit code."""
    if not words or words[0] not in COMMANDS:
        sys.stdout.write(f"Say what to do: {', '.join(COMMANDS)}.\n")
        return 2
    try:
        return COMMANDS[words[0]](words[1:])
    except CannotSimulate as refusal:
        sys.stdout.write(f"{refusal}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
