"""Turns the facts an alarm was raised with into lines to read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.design.templatetags.moments import at_site
from sojourn.program.treatment.crossings import SIGNALS

Line = tuple[str, str]


def told(facts: Mapping[str, Any], *, timezone: str = "UTC") -> tuple[Line, ...]:
    """Give each fact as a label and its words; an answer stands in the words of its question, a time by the site's clock.

    A fact without a value is said to be missing, never left out.
    """
    match facts:
        case {"instrument": str(instrument_id), "item": str(item_id), **rest}:
            return _answered(instrument_id, item_id, rest.get("answer"))
        case {"instrument": str(instrument_id)}:
            return ((_("Instrument"), _title_of(instrument_id)),)
        case {"signal": str(signal), "value": value, **rest}:
            session = [(_("Session"), str(rest["session"]))] if "session" in rest else []
            measured = [] if value is None else [_measured(signal, value)]  # a sign noticed has no number
            return (*measured, *session)
    return tuple((_label(name), _moment(value, timezone) or _words(value)) for name, value in facts.items())


def _moment(value: Any, timezone: str) -> str:
    """A moment as it is kept, by the clock of the site; empty where it is none."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return ""
    return at_site(moment, timezone) if moment.tzinfo else ""


def _measured(signal: str, value: Any) -> Line:
    name, unit = SIGNALS.get(signal, (_label(signal), ""))
    number = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else _words(value)
    return name, f"{number} {unit}".strip()


def _answered(instrument_id: str, item_id: str, answer: Any) -> tuple[Line, ...]:
    try:
        instrument = instruments.get(instrument_id)
        item = instrument.item(item_id)
    except (instruments.UnknownInstrument, KeyError):
        return ((_label(instrument_id), f"{item_id}: {_words(answer)}"),)
    asked = _("%(title)s, question %(number)s") % {"title": instrument.title, "number": item.number}
    chosen = next((option for option in item.options if option.value == answer), None)
    said = f"{chosen.text} ({chosen.value})" if chosen and chosen.text else _words(answer)
    return ((asked, item.text or item.id), (_("Answered"), said))


def _title_of(instrument_id: str) -> str:
    try:
        return instruments.get(instrument_id).title
    except instruments.UnknownInstrument:
        return _label(instrument_id)


def _label(name: str) -> str:
    words = name.replace("_mmhg", " (mmHg)").replace("_percent", " (%)").replace("_", " ")
    return words[:1].upper() + words[1:]


def _words(value: Any) -> str:
    match value:
        case None | "":
            return _("not answered")
        case True:
            return _("yes")
        case False:
            return _("no")
        case list() | tuple():
            return ", ".join(_words(part) for part in value)
        case _:
            return str(value)
