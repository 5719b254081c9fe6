"""Publishing results: a page is written to the practice's folder, by the director's hand only."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require


class NothingToPublish(Exception):
    """The results may not be published; the text says why."""


@transaction.atomic
def publish_results(*, page: str, refused_because: str, actor: Actor, now: datetime) -> Path:
    """Write a page that needs no server, named by its own hash, and log the deed. Raises NotAllowed, NothingToPublish.

    The same page is the same file. Where the page is shown to the world is the practice's own step.
    """
    require(actor, "publish results")
    if refused_because:
        raise NothingToPublish(refused_because)
    folder = settings.DATA_DIR / "published"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path: Path = folder / f"results-{sha256(page.encode()).hexdigest()[:16]}.html"
    path.write_text(page, encoding="utf-8")
    audit.record(actor, "published results", about=("results page", None), at=now)
    return path
