"""`./sojourn outcomes`: which of its two deeds is asked for."""

import sys

from sojourn.analysis.validating import validate


def main(words: list[str]) -> int:
    """Check the statistics, or report on a table; returns the exit code."""
    if words[:1] == ["validate"]:
        return validate(words[1:])
    # The report is drawn with the pages' own templates; checking the statistics needs none of them.
    from sojourn.analysis.reporting import report

    return report(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
