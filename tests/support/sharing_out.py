"""How the processes of `./sojourn test` share the tests: by file, and by turns where time is told.

What measures time, ends programs or looks at every process of the machine is one share: no two of them run beside each other.
It is the longest share, and comes first.
"""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

BY_TURNS = "by turns"
FOLDERS = ("tests/faults/", "tests/benchmarks/", "tests/live/", "tests/launcher/")
FILES = (
    "tests/config/test_patience.py",
    "tests/design/test_papers.py",
    "tests/doors/portal/test_assessment.py",
    "tests/journeys/test_floor_board_live.py",
    "tests/journeys/test_inbox_live.py",
    "tests/journeys/test_server_restarts_while_recording.py",
    "tests/program/safety/test_delivering.py",
    "tests/program/safety/test_watch.py",
    "tests/program/treatment/test_floor_memory.py",
    "tests/program/treatment/test_watch_faults.py",
)


def share_of(test: str) -> str:
    """Name the share of a test, told by its id, which begins with its path."""
    return BY_TURNS if test.startswith((*FOLDERS, *FILES)) else test.partition("::")[0]


class Shares(LoadScopeScheduling):
    """Gives each process one share after the other, in the order of collection but for the one by turns."""

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by number of tests the longest would come last

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        if BY_TURNS in self.workqueue:
            self.workqueue.move_to_end(BY_TURNS, last=False)
        super()._assign_work_unit(node)
