"""Reads the drill scripts. One file is one drill; what is not understood is refused with file, key and remedy."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.evidence import Table, read_citations, read_table
from sojourn.clinical.evidence.data_files import toml_files
from sojourn.clinical.evidence.validity import above_zero
from sojourn.clinical.rehearsal.deeds import Wanted
from sojourn.clinical.rehearsal.scripts import (
    NO_CHANGE,
    ON_THE_CLIP,
    RATINGS,
    START,
    VITAL_SIGNS,
    Begins,
    Change,
    Expected,
    Forbidden,
    Happening,
    Reaction,
    Script,
    World,
)
from sojourn.clinical.rehearsal.tap_files import read_clocks, read_taps

DATA = files("sojourn.clinical.rehearsal") / "data"
_SCRIPT = (
    "id", "version", "title", "teaches", "tells_trainee", "protocol", "begins", "lasts_minutes", "patient", "happening",
    "expect", "citations",
)  # fmt: skip
_MORE = ("reaction", "never", "tap", "clocks_ahead")
_CHANGE = ("adds", "over_minutes", "fades_minutes")
_HAPPENING = ("until", "shows", "eased_by", "unless", "silent", "world", "ends_session", "clip", *_CHANGE)
_FACTS = ("item", "passed", "sign", "criterion", "reached", "symptoms")
_FLAGS = frozenset({"passed", "reached", "symptoms"})
_WANTED = ("kinds", "whom", "words", "drug", "signals", *_FACTS)
_EXPECT = ("from_minutes", "late_minutes", "may_be_written_later", "unless")


class UnknownScript(KeyError):
    """No drill script has that id."""


@cache
def drill_scripts() -> tuple[Script, ...]:
    """Give every drill script, by title."""
    return read_scripts(DATA)


def drill_script(script_id: str) -> Script:
    """Find one drill script. Raises UnknownScript."""
    for script in drill_scripts():
        if script.id == script_id:
            return script
    raise UnknownScript(script_id)


def read_scripts(folder: Traversable) -> tuple[Script, ...]:
    """Read every script of a folder. Raises DataFileInvalid, also for two of one id."""
    found: dict[str, Script] = {}
    for file in toml_files(folder):
        table = read_table(file, allowed=_MORE, required=_SCRIPT)
        script = _script_from(table)
        if script.id in found or f"{script.id}.toml" != file.name:
            raise table.refuse("id", "give each script an id of its own, and its file the same name")
        found[script.id] = script
    return tuple(sorted(found.values(), key=lambda script: script.title))


def _script_from(table: Table) -> Script:
    protocol = table.choice("protocol", [each.id for each in protocols.course_protocols()])
    plan = monitoring.monitoring_plan(protocols.course_protocol(protocol).monitoring)
    above_zero(table, "lasts_minutes")
    patient = table.table("patient", allowed=(), required=("weight_kg", "dose_mg", "looks", *VITAL_SIGNS))
    script = Script(
        id=table.text("id"),
        version=table.text("version"),
        title=table.text("title"),
        teaches=table.text("teaches"),
        tells_trainee=table.text("tells_trainee"),
        protocol=protocol,
        begins=Begins(table.choice("begins", tuple(Begins))),
        lasts_minutes=table.whole("lasts_minutes"),
        weight_kg=patient.number("weight_kg"),
        dose_mg=patient.number("dose_mg"),
        baseline=MappingProxyType({signal: patient.number(signal) for signal in VITAL_SIGNS}),
        looks=patient.text("looks"),
        happenings=tuple(
            _happening(row, plan)
            for row in table.tables("happening", allowed=_HAPPENING, required=("id", "at", "says"))
        ),
        reactions=tuple(
            _reaction(row, plan)
            for row in table.tables("reaction", allowed=_CHANGE, required=("id", "to", "after", "says"))
        ),
        taps=read_taps(table, plan),
        clocks_ahead=read_clocks(table),
        expected=tuple(
            _expected(row, plan)
            for row in table.tables(
                "expect",
                allowed=_EXPECT,
                required=("id", "says", "better", "deed", "after", "within_minutes", "citations"),
            )
        ),
        forbidden=tuple(
            _forbidden(row, plan)
            for row in table.tables(
                "never", allowed=("until",), required=("id", "says", "better", "deed", "after", "citations")
            )
        ),
        citations=read_citations(table),
    )
    _refuse_loose_ends(table, script)
    return script


def _refuse_loose_ends(table: Table, script: Script) -> None:
    """Refuse a script in which a name leads nowhere, is used twice, or something lies after the end."""
    items: tuple[Expected | Forbidden, ...] = (*script.expected, *script.forbidden)
    names = [each.id for each in items]
    names += [each.id for each in script.happenings] + [each.id for each in script.reactions]
    names += [each.id for each in script.taps]
    if len(names) != len(set(names)):
        raise table.refuse("id", "give every happening, reaction, tap and expectation an id of its own")
    if not script.expected:
        raise table.refuse("expect", "say at least one thing that a good response does")
    for happening in script.happenings:
        if happening.at >= script.lasts_minutes:
            raise table.refuse(happening.id, f"lies after the end, at minute {script.lasts_minutes}")
    happenings = {START, *(each.id for each in script.happenings)}
    reactions = {each.id for each in script.reactions}
    kept_away = [name for each in script.happenings for name in (*each.eased_by, *each.unless)]
    kept_away += [name for each in script.expected for name in each.unless]
    kept_away += [name for each in script.taps for name in each.unless]
    _refuse_unknown(table, kept_away, reactions, "reaction")
    _refuse_unknown(table, [each.after for each in script.reactions], happenings, "happening")
    begun = [each.after for each in (*items, *script.taps)]
    _refuse_unknown(table, begun, happenings | reactions, "happening or reaction")
    until = [each.until for each in script.forbidden if each.until]
    _refuse_unknown(table, until, {each.id for each in script.expected}, "expectation")


def _refuse_unknown(table: Table, named: Iterable[str], known: Collection[str], what: str) -> None:
    for name in named:
        if name not in known:
            raise table.refuse(name, f"is the name of no {what} here; use one of {', '.join(sorted(known))}")


def _change(row: Table) -> Change:
    if "adds" not in row:
        return NO_CHANGE
    above_zero(row, "fades_minutes")
    signals = (*VITAL_SIGNS, *RATINGS)
    adds = row.table("adds", allowed=signals)
    return Change(
        adds=MappingProxyType({signal: adds.number(signal) for signal in signals if signal in adds}),
        over_minutes=row.number_or_none("over_minutes") or 0.0,
        fades_minutes=row.number("fades_minutes"),
    )


def _happening(row: Table, plan: monitoring.MonitoringPlan) -> Happening:
    until = row.number_or_none("until")
    if until is not None and until <= row.number("at"):
        raise row.refuse("until", "give a minute after `at`")
    shows = row.text_or_none("shows") or ""
    if shows and plan.sign(shows) is None:
        raise row.refuse("shows", f"use a sign of the plan {plan.id}")
    return Happening(
        id=row.text("id"),
        at=row.number("at"),
        until=until,
        says=row.text("says"),
        shows=shows,
        change=_change(row),
        eased_by=row.texts("eased_by"),
        unless=row.texts("unless"),
        silent=row.texts("silent"),
        world=World(row.choice("world", tuple(World))) if "world" in row else None,
        ends_session=row.flag("ends_session") if "ends_session" in row else False,
        clip=_clip(row),
    )


def _clip(row: Table) -> Mapping[str, float] | None:
    if "clip" not in row:
        return None
    shown = row.table("clip", allowed=ON_THE_CLIP)
    return MappingProxyType({signal: shown.number(signal) for signal in ON_THE_CLIP if signal in shown})


def _reaction(row: Table, plan: monitoring.MonitoringPlan) -> Reaction:
    return Reaction(
        id=row.text("id"),
        to=_wanted(row, "to", plan),
        after=row.text("after"),
        says=row.text("says"),
        change=_change(row),
    )


def _expected(row: Table, plan: monitoring.MonitoringPlan) -> Expected:
    above_zero(row, "within_minutes", "late_minutes")
    return Expected(
        id=row.text("id"),
        says=row.text("says"),
        better=row.text("better"),
        deed=_wanted(row, "deed", plan),
        after=row.text("after"),
        from_minutes=row.number_or_none("from_minutes") or 0.0,
        within_minutes=row.number("within_minutes"),
        late_minutes=row.number_or_none("late_minutes"),
        may_be_written_later=row.flag("may_be_written_later") if "may_be_written_later" in row else False,
        unless=row.texts("unless"),
        citations=read_citations(row),
    )


def _forbidden(row: Table, plan: monitoring.MonitoringPlan) -> Forbidden:
    return Forbidden(
        id=row.text("id"),
        says=row.text("says"),
        better=row.text("better"),
        deed=_wanted(row, "deed", plan),
        after=row.text("after"),
        until=row.text_or_none("until") or "",
        citations=read_citations(row),
    )


def _wanted(row: Table, key: str, plan: monitoring.MonitoringPlan) -> Wanted:
    table = row.table(key, allowed=_WANTED, required=("kinds",))
    kinds = table.texts("kinds")
    if not kinds or set(kinds) - set(monitoring.KINDS):
        raise table.refuse("kinds", f"use one or more of {', '.join(monitoring.KINDS)}")
    known = {
        "item": {item.id for item in plan.checklist},
        "sign": {sign.id for sign in plan.signs},
        "criterion": {criterion.id for criterion in plan.criteria},
    }
    for name, ids in known.items():
        if name in table:
            table.choice(name, sorted(ids))
    return Wanted(
        kinds=kinds,
        facts=tuple(
            (name, table.flag(name) if name in _FLAGS else table.text(name))
            for name in _FACTS
            if name in table
        ),
        whom=table.texts("whom"),
        words=table.texts("words"),
        drug=table.texts("drug"),
        signals=table.texts("signals"),
    )
