"""Publishing results: a page is written to the practice's folder, by the director's hand only.

Two pages with different filters could be subtracted from each other. So the counts of each page are kept, and a page is
refused where it differs from an earlier one, which holds the same people or more or fewer, by a handful in any count; and
where the pages of single sites, taken from the page of all of them, would leave a handful.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sojourn.clinical.outcomes.practice import LEAST, gives_away
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require
from sojourn.program.results.models import Publication


class NothingToPublish(Exception):
    """The results may not be published; the text says why."""


@dataclass(frozen=True)
class PublishedQuestion:
    """What a published page speaks of. None: no limit of that kind."""

    instrument: str
    window: str
    outcome: str
    protocols: tuple[str, ...] | None = None
    site: str | None = None
    since: str | None = None
    until: str | None = None

    def overlaps_like(self, other: "PublishedQuestion") -> bool:
        """True where one asks for some of the people of the other, or of the same at another time."""
        return (self.instrument, self.window) == (other.instrument, other.window) and (
            self.holds(other) or other.holds(self)
        )

    def holds(self, other: "PublishedQuestion") -> bool:
        """True where everybody the other asks for is asked for here."""
        return (
            (self.protocols is None or (other.protocols is not None and set(other.protocols) <= set(self.protocols)))
            and self.site in {None, other.site}
            and (self.since is None or (other.since is not None and self.since <= other.since))
            and (self.until is None or (other.until is not None and other.until <= self.until))
        )  # fmt: skip


def why_not_beside_earlier(question: PublishedQuestion, counts: Mapping[str, int]) -> str:
    """Say which earlier page would give people away beside this one; empty where none would."""
    kept = [(_question(each), each) for each in Publication.objects.order_by("published_at")]
    for other, publication in kept:
        if not question.overlaps_like(other):
            continue
        same_outcome = other.outcome == question.outcome
        known = {name: n for name, n in publication.counts.items() if same_outcome or name not in OF_OUTCOME}
        if told := gives_away(counts, known):
            return (
                f"Beside the page published on {publication.published_at:%Y-%m-%d} this one would tell of fewer than "
                f"{LEAST} people ({told}): whoever has both could subtract them."
            )
    return _why_not_beside_sites(question, counts, kept)


OF_OUTCOME = frozenset({"met", "not met"})


def _why_not_beside_sites(
    question: PublishedQuestion,
    counts: Mapping[str, int],
    kept: Iterable[tuple[PublishedQuestion, Publication]],
) -> str:
    """The pages of single sites together, beside the page of all sites."""
    alike = {}
    for other, publication in [*kept, (question, None)]:
        if _without_site(other) == _without_site(question):
            alike[other.site] = counts if publication is None else publication.counts
    whole = alike.pop(None, None)
    if whole is None or not alike:
        return ""
    parts: Counter[str] = Counter()
    for part in alike.values():
        parts.update(part)
    told = gives_away(whole, parts)
    if told is None:
        return ""
    return f"The pages of single sites, taken from the page of all, would leave fewer than {LEAST} people ({told})."


@transaction.atomic
def publish_results(
    *, page: str, question: PublishedQuestion, counts: Mapping[str, int], as_of: date, refused_because: str,
    actor: Actor, now: datetime,
) -> Path:  # fmt: skip
    """Write a page that needs no server, named by its own hash, and log the deed. Raises NotAllowed, NothingToPublish.

    The same page is the same file. Where the page is shown to the world is the practice's own step.
    """
    require(actor, "publish results")
    name = sha256(page.encode()).hexdigest()
    again = Publication.objects.filter(sha256=name).exists()
    because = refused_because or ("" if again else why_not_beside_earlier(question, counts))
    if because:
        raise NothingToPublish(because)
    if not again:
        Publication.objects.create(
            sha256=name, question=asdict(question), as_of=as_of, counts=dict(counts), published_at=now
        )
    folder = settings.DATA_DIR / "published"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path: Path = folder / f"results-{name[:16]}.html"
    path.write_text(page, encoding="utf-8")
    audit.record(actor, "published results", about=("results page", None), at=now)
    return path


def _question(publication: Publication) -> PublishedQuestion:
    kept = dict(publication.question)
    kept["protocols"] = None if kept["protocols"] is None else tuple(kept["protocols"])
    return PublishedQuestion(**kept)


def _without_site(question: PublishedQuestion) -> tuple[object, ...]:
    return (
        question.instrument, question.window, question.outcome, question.protocols, question.since, question.until,
    )  # fmt: skip
