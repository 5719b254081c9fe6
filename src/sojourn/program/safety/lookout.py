"""What the watch leaves for the lookout, and what the lookout says: files, because they outlive the database."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from sojourn.program.safety.deadlines import armed_looks

KEPT_AT_MOST: Final = 1000
FRESH: Final = timedelta(seconds=15)


@dataclass(frozen=True)
class Blindness:
    """Nobody watches the deadlines, or nobody can say whether. `since` is None where that is not known."""

    since: datetime | None


def leave_sign(worker: str, number: int) -> None:
    """Leave a worker's growing number and the looks that are due next. Asked after a round the database answered."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = {
        "number": number,
        "deadlines": [
            {"visit": str(visit_id), "due_at": due_at.isoformat()}
            for visit_id, due_at in armed_looks(at_most=KEPT_AT_MOST)
        ],
    }
    path = folder / f"worker-{worker.replace(' ', '-')}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(told), encoding="utf-8")
    fresh.replace(path)


def blindness(*, now: datetime) -> Blindness | None:
    """Say whether monitoring is blind by the lookout's file alone; None while it sees, or where no lookout runs.

    A lookout that has itself fallen silent proves nothing, and counts as blindness.
    """
    try:
        told = json.loads((_folder() / "state.json").read_text(encoding="utf-8"))
        written_at = datetime.fromisoformat(told["written_at"])
        since = datetime.fromisoformat(told["since"]) if told["since"] else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Blindness(None)
    if told["is_blind"]:
        return Blindness(since)
    return None if abs(now.astimezone(UTC) - written_at) <= FRESH else Blindness(None)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "watch"
