"""Publishing results: a page is written to the practice's folder, by the director's hand only.

Pages with different filters could be subtracted from each other. So the counts of each page are kept, and a page is
refused where it differs from an earlier one, which holds the same people or more or fewer, by a handful in any count; and
where all pages laid over each other, three or thirty, would leave a handful (`outcomes.practice.disclosure`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from sojourn.clinical.outcomes.practice import LEAST, gives_away
from sojourn.clinical.outcomes.practice.disclosure import Counted, given_away
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

    def holds(self, other: "PublishedQuestion") -> bool:
        """True where everybody the other asks for is asked for here."""
        return (
            (self.protocols is None or (other.protocols is not None and set(other.protocols) <= set(self.protocols)))
            and self.site in {None, other.site}
            and (self.since is None or (other.since is not None and self.since <= other.since))
            and (self.until is None or (other.until is not None and other.until <= self.until))
        )  # fmt: skip


# What two pages must ask alike before a count of one speaks of a count of the other. What is not named: everything.
COUNTED_ALIKE: Final[Mapping[str, tuple[str, ...]]] = {
    "came in": (),
    "people with an act-now alarm": (),
    "people without one": (),
    "valid baseline": ("instrument",),
    "no valid baseline": ("instrument",),
    "dosed": ("instrument",),
    "no dose": ("instrument",),
    **dict.fromkeys(
        ("window still to come", "window closed", "due", "due without a baseline", "answered", "no answer", "missing",
         "seen with any baseline", "worse with any baseline", "worse of those who answered"),
        ("instrument", "window"),
    ),
}  # fmt: skip


def why_not_beside_earlier(question: PublishedQuestion, counts: Mapping[str, int], *, as_of: date) -> str:
    """Say which earlier pages would give people away beside this one; empty where none would."""
    pages = [_Page(_question(each), each.as_of, each.counts, each.published_at) for each in _publications()]
    this = _Page(question, as_of, counts, None)
    return _why_not_beside_one(this, pages) or _why_not_beside_all(this, pages)


@dataclass(frozen=True)
class _Page:
    question: PublishedQuestion
    as_of: date
    counts: Mapping[str, int]
    published_at: datetime | None

    def speaks_of(self, name: str, other: "_Page") -> bool:
        """True where a count of this page and of the other count the same thing, of whichever people."""
        alike = COUNTED_ALIKE.get(name, ("instrument", "window", "outcome"))
        return name in other.counts and all(
            getattr(self.question, what) == getattr(other.question, what) for what in alike
        )


def _why_not_beside_one(this: _Page, pages: Sequence[_Page]) -> str:
    for other in pages:
        if not (this.question.holds(other.question) or other.question.holds(this.question)):
            continue
        known = {name: n for name, n in _shown(other.counts).items() if this.speaks_of(name, other)}
        if told := gives_away(_shown(this.counts), known):
            return _(
                "Beside the page published on %(day)s this one would tell of fewer than %(least)d people (%(told)s): "
                "whoever has both could subtract them."
            ) % {"day": _day(other), "least": LEAST, "told": told}
    return ""


def _shown(counts: Mapping[str, int]) -> dict[str, int]:
    """Leave out what a page hides: fewer than the least."""
    return {name: n for name, n in counts.items() if n == 0 or n >= LEAST}


def _why_not_beside_all(this: _Page, pages: Sequence[_Page]) -> str:
    for name in this.counts:
        alike = [other for other in pages if this.speaks_of(name, other)]
        if not alike:
            continue
        together = [*alike, this]
        told = given_away(
            [_counted(page) for page in together], [page.counts[name] for page in together], least=LEAST
        )
        if told is not None:
            days = sorted({_day(page) for page in alike})
            return _(
                "Laid over the pages published on %(days)s this one would tell of fewer than %(least)d people "
                "(%(told)s): whoever has them all could work them out."
            ) % {"days": ", ".join(days), "least": LEAST, "told": name}
    return ""


def _counted(page: _Page) -> Counted:
    asked = page.question
    return Counted(
        as_of=page.as_of.isoformat(),
        protocols=None if asked.protocols is None else frozenset(asked.protocols),
        site=asked.site,
        since=asked.since,
        until=asked.until,
    )


def _day(page: _Page) -> str:
    return f"{page.published_at:%Y-%m-%d}" if page.published_at else ""


def _publications() -> Iterable[Publication]:
    return Publication.objects.order_by("published_at", "id")


@transaction.atomic
def publish_results(
    *, page: str, question: PublishedQuestion, counts: Mapping[str, int], as_of: date, refused_because: str,
    actor: Actor, now: datetime,
) -> Path:  # fmt: skip
    """Write a page that needs no server, named by its own hash, and log the deed. Raises NotAllowed, NothingToPublish.

    The same page is the same file. Where the page is shown to the world is the practice's own step.
    """
    require(actor, "publish results")
    with connection.cursor() as cursor:  # two pages at once would not see each other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('results.publication'))")
    name = sha256(page.encode()).hexdigest()
    again = Publication.objects.filter(sha256=name).exists()
    because = refused_because or ("" if again else why_not_beside_earlier(question, counts, as_of=as_of))
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
