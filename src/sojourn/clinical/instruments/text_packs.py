"""Wording that a practice brings along, for instruments whose wording may not ship."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sojourn.clinical.evidence import DataFileInvalid, Table, checked_table
from sojourn.clinical.instruments.definition import Instrument, Item, Tier

REQUIRED = (
    "instrument", "version", "language", "copyright", "licence_reference", "permitted_uses", "attested_by",
    "attested_on", "item", "answer_set",
)  # fmt: skip
USES = ("clinical", "research", "commercial", "educational")


@dataclass(frozen=True)
class TextPack:
    """The words of one instrument in one language, with who says that the practice may use them."""

    instrument_id: str
    instrument_version: str
    language: str
    copyright: str
    licence_reference: str
    permitted_uses: tuple[str, ...]
    attested_by: str
    attested_on: date
    stem: str | None
    items: Mapping[str, str]
    options: Mapping[tuple[str, int], str]  # by answer set and value
    ends: Mapping[str, tuple[str, str]]  # of answer sets that are a line
    sha256: str  # of the file as it was installed


def read_text_pack(text: str, *, name: str) -> TextPack:
    """Read a pack from the text of its file. Raise DataFileInvalid, naming file, key and remedy."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataFileInvalid(f"{name}: is not valid TOML ({error}); correct that line") from error
    file = checked_table(name, values, allowed=("stem",), required=REQUIRED)
    sets = file.tables("answer_set", allowed=("options", "ends"), required=("id",))
    return TextPack(
        instrument_id=file.text("instrument"),
        instrument_version=file.text("version"),
        language=file.text("language"),
        copyright=file.text("copyright"),
        licence_reference=file.text("licence_reference"),
        permitted_uses=_uses(file),
        attested_by=file.text("attested_by"),
        attested_on=file.day("attested_on"),
        stem=file.text_or_none("stem"),
        items={
            row.text("id"): row.text("text")
            for row in file.tables("item", allowed=(), required=("id", "text"))
        },
        options={
            (row.text("id"), option.whole("value")): option.text("text")
            for row in sets
            for option in row.tables("options", allowed=(), required=("value", "text"))
        },
        ends={row.text("id"): _ends(row) for row in sets if "ends" in row},
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def with_wording(instrument: Instrument, pack: TextPack) -> Instrument:
    """Put the words of a pack into the questions. Scoring and `definition_hash` stay as they are.

    Raise DataFileInvalid where the pack is for another instrument, or a question or option lacks its words.
    """
    file = Table(f"text pack of {pack.instrument_id}", {})
    if instrument.tier is not Tier.B:
        raise file.refuse("instrument", f"{instrument.id} takes no text pack; only tier B does")
    if (pack.instrument_id, pack.instrument_version) != (instrument.id, instrument.version):
        raise file.refuse("version", f"give the words of {instrument.id}, version {instrument.version}")
    if unknown := set(pack.items) - set(instrument.by_id):
        raise file.refuse("item", f"{min(unknown)} is not a question of {instrument.id}; remove it")
    return replace(
        instrument,
        stem=pack.stem,
        items=tuple(_worded(item, pack, file) for item in instrument.items),
        text_pack_hash=pack.sha256,
    )


def _worded(item: Item, pack: TextPack, file: Table) -> Item:
    if item.id not in pack.items:
        raise file.refuse("item", f"{item.id} has no text; add it")
    if item.is_analog:
        if item.answer_set not in pack.ends:
            raise file.refuse("answer_set", f"{item.answer_set} needs the words of both ends; add ends")
        return replace(item, text=pack.items[item.id], ends=pack.ends[item.answer_set])
    for option in item.options:
        if (item.answer_set, option.value) not in pack.options:
            raise file.refuse("answer_set", f"{item.answer_set} has no text for {option.value}; add it")
    options = tuple(replace(o, text=pack.options[item.answer_set, o.value]) for o in item.options)
    return replace(item, text=pack.items[item.id], options=options)


def _uses(file: Table) -> tuple[str, ...]:
    uses = file.texts("permitted_uses")
    if unknown := set(uses) - set(USES):
        raise file.refuse("permitted_uses", f"{min(unknown)} is not known; use {', '.join(USES)}")
    if "clinical" not in uses:
        raise file.refuse(
            "permitted_uses", "a practice may show the words only where clinical use is permitted"
        )
    return uses


def _ends(row: Table) -> tuple[str, str]:
    ends = row.texts("ends")
    if len(ends) != 2:  # noqa: PLR2004 - the low and the high end
        raise row.refuse("ends", "give the words at the low and at the high end")
    return ends[0], ends[1]
