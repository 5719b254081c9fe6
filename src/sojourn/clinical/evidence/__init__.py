"""Who says so: sources, citations, and the strict reader of data files."""

from sojourn.clinical.evidence.data_files import DataFileInvalid, Table, checked_table, read_table, toml_files
from sojourn.clinical.evidence.provenance import Basis, Provenance, is_verified
from sojourn.clinical.evidence.sources import (
    CITATION_KEYS,
    Citation,
    Source,
    SourceKind,
    UnknownSource,
    read_citation,
    read_citations,
    read_sources,
    source,
    sources,
)

__all__ = [
    "CITATION_KEYS", "Basis", "Citation", "DataFileInvalid", "Provenance", "Source", "SourceKind", "Table",
    "UnknownSource", "checked_table", "is_verified", "read_citation", "read_citations", "read_sources",
    "read_table", "source", "sources", "toml_files",
]  # fmt: skip
