"""Instruments as this practice can show them: what ships with its words, and what the practice brought words for."""

from functools import lru_cache

from sojourn.clinical import instruments
from sojourn.clinical.instruments import Instrument, Rater, Tier
from sojourn.program.measures.models import TextPack


def instrument_here(instrument_id: str) -> Instrument:
    """Give an instrument with the installed wording, where there is any. Raise UnknownInstrument."""
    instrument = instruments.get(instrument_id)
    if instrument.tier is not Tier.B:
        return instrument
    newest = (
        TextPack.objects.filter(instrument_id=instrument.id, instrument_version=instrument.version)
        .order_by("-installed_at")
        .values_list("text", flat=True)
        .first()
    )
    return _worded(instrument.id, instrument.version, newest) if newest else instrument


def instruments_here() -> tuple[Instrument, ...]:
    """Give all instruments with the installed wording; one query."""
    packs = {
        (row.instrument_id, row.instrument_version): row.text
        for row in TextPack.objects.order_by("installed_at")
    }
    return tuple(
        _worded(one.id, one.version, packs[one.id, one.version]) if (one.id, one.version) in packs else one
        for one in instruments.all_instruments()
    )


def askable() -> tuple[Instrument, ...]:
    """Give the instruments the calendar asks for: those whose words are here."""
    return tuple(instrument for instrument in instruments_here() if instrument.has_wording)


def is_for_patients(instrument: Instrument) -> bool:
    """True when a patient may answer it themself."""
    return instrument.rater is Rater.SELF and instrument.has_wording


@lru_cache(maxsize=64)
def _worded(instrument_id: str, version: str, text: str) -> Instrument:
    pack = instruments.read_text_pack(text, name=f"text pack of {instrument_id}")
    return instruments.with_wording(instruments.get(instrument_id, version), pack)
