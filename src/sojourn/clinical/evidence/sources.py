"""The sources everything cites, and citations that point into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence.data_files import Table, read_table
from sojourn.clinical.evidence.provenance import Provenance

DATA = files("sojourn.clinical.evidence") / "data"
SOURCES = DATA / "sources.toml"
CITATION_KEYS = ("source", "locator", "provenance")


class SourceKind(StrEnum):
    LABEL = "label"
    TRIAL = "trial"
    COHORT = "cohort"
    REVIEW = "review"
    GUIDELINE = "guideline"
    LAW = "law"
    SAFETY_NOTICE = "safety notice"
    VALIDATION = "validation"  # how well an instrument measures
    INSTRUMENT = "instrument"  # the questionnaire itself, its manual or its form
    METHOD = "method"  # how numbers are estimated
    TERMINOLOGY = "terminology"
    WEB_PAGE = "web page"
    PROGRAM_POLICY = "program policy"


class UnknownSource(KeyError):
    """No source has that id."""


@dataclass(frozen=True)
class Source:
    """A publication, law, label or policy. `read` says how it reached us; `url` or `doi` where known.

    `check_by`: the last day it may be relied on unread (a law that ends, a label under revision). `retired`: why it is
    no longer relied on at all (withdrawn, superseded), from `retired_on`.
    """

    id: str
    title: str
    kind: SourceKind
    year: int | None
    publisher: str
    locator_hint: str
    url: str | None
    doi: str | None
    read: Provenance
    check_by: date | None = None
    retired_on: date | None = None
    retired: str = ""

    def why_not_relied_on(self, *, on: date) -> str:
        """Say why what rests on this source must be checked again on that day; empty when it need not."""
        if self.retired_on and self.retired_on <= on:
            return f"{self.title} is retired: {self.retired}"
        if self.check_by and self.check_by < on:
            return f"{self.title} was to be read again by {self.check_by.isoformat()}"
        return ""

    @property
    def address(self) -> str | None:
        """Give the web address, by DOI where there is one."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@dataclass(frozen=True)
class Citation:
    """A place in a source, and whether that place was read."""

    source_id: str
    locator: str
    provenance: Provenance

    @property
    def source(self) -> Source:
        return source(self.source_id)

    @property
    def in_words(self) -> str:
        """Name title, year, place and how it is known, for print beside the fact."""
        named = self.source
        title = f"{named.title} ({named.year})" if named.year else named.title
        return f"{title}, {self.locator} [{self.provenance}]"


@cache
def sources() -> Mapping[str, Source]:
    """Give every source by id, in the order of the file."""
    return read_sources(SOURCES)


def source(source_id: str) -> Source:
    """Find one source. Raise UnknownSource."""
    try:
        return sources()[source_id]
    except KeyError:
        raise UnknownSource(source_id) from None


def read_sources(path: Traversable) -> dict[str, Source]:
    """Read a file of sources. Raise DataFileInvalid."""
    found: dict[str, Source] = {}
    required = ("id", "title", "kind", "publisher", "read")
    for row in read_table(path, allowed=(), required=("source",)).tables(
        "source",
        allowed=("year", "locator_hint", "url", "doi", "check_by", "retired_on", "retired"),
        required=required,
    ):
        named = Source(
            id=row.text("id"),
            title=row.text("title"),
            kind=SourceKind(row.choice("kind", tuple(SourceKind))),
            year=row.whole_or_none("year"),
            publisher=row.text("publisher"),
            locator_hint=row.text_or_none("locator_hint") or "",
            url=row.text_or_none("url"),
            doi=row.text_or_none("doi"),
            read=Provenance(row.choice("read", tuple(Provenance))),
            check_by=row.day_or_none("check_by"),
            retired_on=row.day_or_none("retired_on"),
            retired=row.text_or_none("retired") or "",
        )
        if (named.retired_on is None) != (not named.retired):
            raise row.refuse("retired", "give both the day (`retired_on`) and the reason (`retired`)")
        if named.id in found:
            raise row.refuse("id", f"{named.id} stands twice; give each source one id")
        if named.doi and not named.doi.startswith("10."):
            raise row.refuse("doi", "give the bare DOI, starting with 10.")
        if named.url and not named.url.startswith("https://"):
            raise row.refuse("url", "give the whole address, starting with https://")
        found[named.id] = named
    return found


def read_citation(row: Table) -> Citation:
    """Turn a table with `source`, `locator` and `provenance` into a citation. Raise DataFileInvalid."""
    if row.text("source") not in sources():
        raise row.refuse("source", f"{row.text('source')} is not in evidence/data/sources.toml; add it there")
    return Citation(
        source_id=row.text("source"),
        locator=row.text("locator"),
        provenance=Provenance(row.choice("provenance", tuple(Provenance))),
    )


def read_citations(row: Table, key: str = "citations") -> tuple[Citation, ...]:
    """Turn the list of citations under the key into values; an empty or absent list is refused."""
    found = tuple(read_citation(cited) for cited in row.tables(key, allowed=(), required=CITATION_KEYS))
    if not found:
        raise row.refuse(key, "cite at least one source")
    return found
