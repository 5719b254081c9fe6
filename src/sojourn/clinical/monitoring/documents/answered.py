"""What people answered before the dose and confirmed before leaving: what held when it counted, and the rest."""

from sojourn.clinical.monitoring.documents.in_words import line, numbers
from sojourn.clinical.monitoring.documents.milestones import after_dose, doses, until_dose, while_it_ran
from sojourn.clinical.monitoring.documents.values import Entry, Line, SessionRecord
from sojourn.clinical.monitoring.events import Checked, Confirmed


def checks(record: SessionRecord) -> tuple[Line, ...]:
    """The answer to each item that held when the dose was given, and what was answered before it where that differed."""
    before = until_dose(record) if doses(record) else record.standing
    return _by_name(record, [e for e in before if isinstance(e.event, Checked)])


def late_checks(record: SessionRecord) -> tuple[Line, ...]:
    """What was answered once the dose was given: it let nobody give it."""
    return tuple(
        line(record, e, f"{_asked(record, e)} {_answer(e)}")
        for e in after_dose(record)
        if isinstance(e.event, Checked)
    )


def confirmed(record: SessionRecord) -> tuple[Line, ...]:
    """What was confirmed from the dose until the end, which is what counts for leaving."""
    return _by_name(record, [e for e in while_it_ran(record) if isinstance(e.event, Confirmed)])


def confirmed_otherwise(record: SessionRecord) -> tuple[Line, ...]:
    """What was confirmed when it did not count: before the dose, or once the session had ended."""
    counted = {e.number for e in while_it_ran(record)}
    return tuple(
        line(record, e, f"{_asked(record, e)} {_answer(e)}")
        for e in record.standing
        if isinstance(e.event, Confirmed) and e.number not in counted
    )


def _by_name(record: SessionRecord, told: list[Entry]) -> tuple[Line, ...]:
    """One line for each item or criterion: what was said last, and what was said before it where that differed."""
    by_name: dict[str, list[Entry]] = {}
    for entry in told:
        by_name.setdefault(_asked(record, entry), []).append(entry)
    return tuple(Line(name, _last_said(record, some), numbers(some)) for name, some in by_name.items())


def _last_said(record: SessionRecord, told: list[Entry]) -> str:
    *before, last = ((_answer(e), record.clock(e.event.taken_at)) for e in told)
    otherwise = [f"{said} at {at}" for said, at in before if said != last[0]]
    return f"{last[0]}; before that {', '.join(otherwise)}" if otherwise else last[0]


def _asked(record: SessionRecord, entry: Entry) -> str:
    """What an entry answers or confirms, as the plan words it."""
    if isinstance(entry.event, Checked):
        name = entry.event.item
        return next((item.asks for item in record.plan.checklist if item.id == name), name)
    assert isinstance(entry.event, Confirmed)
    name = entry.event.criterion
    return next((each.says for each in record.plan.criteria if each.id == name), name)


def _answer(entry: Entry) -> str:
    if isinstance(entry.event, Checked):
        said = "yes" if entry.event.passed else "no"
        return f"{said}: {entry.event.words}" if entry.event.words else said
    assert isinstance(entry.event, Confirmed)
    return entry.event.words or "confirmed"
