"""The instruments that ship, read once."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence import DataFileInvalid, toml_files
from sojourn.clinical.instruments.calendar import calendar
from sojourn.clinical.instruments.definition import Instrument
from sojourn.clinical.instruments.reading import read_instrument

DATA = files("sojourn.clinical.instruments") / "data"


class UnknownInstrument(KeyError):
    """No instrument has that id, or not in that version."""


def get(instrument_id: str, version: str | None = None) -> Instrument:
    """Find an instrument, in its newest version by default. Raise UnknownInstrument."""
    versions = _library().get(instrument_id, {})
    found = versions.get(version) if version is not None else next(reversed(versions.values()), None)
    if found is None:
        raise UnknownInstrument(instrument_id, version)
    return found


def all_instruments() -> tuple[Instrument, ...]:
    """Give the newest version of every instrument, by id."""
    return tuple(get(instrument_id) for instrument_id in sorted(_library()))


@cache
def _library() -> Mapping[str, dict[str, Instrument]]:
    return read_library(DATA)


def read_library(folder: Traversable) -> dict[str, dict[str, Instrument]]:
    """Read a folder of instruments: versions by id, oldest first. Raise DataFileInvalid for a repeat."""
    found: dict[str, dict[str, Instrument]] = {}
    for path in toml_files(folder):
        instrument = read_instrument(path)
        versions = found.setdefault(instrument.id, {})
        if instrument.version in versions:
            raise DataFileInvalid(
                f"{path.name}: `version`: {instrument.version} stands in another file; raise it"
            )
        versions[instrument.version] = instrument
    _check_followed(found)
    _check_points(found)
    return {
        name: dict(sorted(versions.items(), key=lambda pair: _order(pair[0])))
        for name, versions in found.items()
    }


def _check_followed(found: Mapping[str, Mapping[str, Instrument]]) -> None:
    """Refuse an instrument that waits for an answer nobody can give."""
    for instrument in (i for versions in found.values() for i in versions.values()):
        for after, result in (occasion.follows for occasion in instrument.cadence if occasion.follows):
            known = {"critical"} | {
                name
                for earlier in found.get(after, {}).values()
                for name in (
                    *(rule.id for rule in earlier.critical_rules),
                    *(level.id for level in (earlier.triage.levels if earlier.triage else ())),
                )
            }
            if after not in found or result not in known:
                raise DataFileInvalid(
                    f"{instrument.id}: `follows`: {after} has no result {result}; name a level, a critical rule,"
                    " or critical for any of them"
                )


def _check_points(found: Mapping[str, Mapping[str, Instrument]]) -> None:
    """Refuse a cadence that the calendar does not know, or whose rhythm does not fit its point."""
    for instrument in (i for versions in found.values() for i in versions.values()):
        for occasion in instrument.cadence:
            point = calendar().points.get(occasion.point)
            if point is None:
                raise DataFileInvalid(
                    f"{instrument.id}: `point`: {occasion.point} is not in calendar.toml;"
                    f" use one of {', '.join(calendar().points)}"
                )
            if (occasion.every_days is None) != bool(point.on_days):
                raise DataFileInvalid(
                    f"{instrument.id}: `every_days`: give it at {occasion.point} only where the point has no days"
                )


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
