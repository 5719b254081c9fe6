"""What documents tell of an alarm: whether it still counts, who was told, who took it on, and who looked again."""

from sojourn.clinical.monitoring.documents.in_words import line
from sojourn.clinical.monitoring.documents.sayings import SAYS, event_says
from sojourn.clinical.monitoring.documents.values import Entry, Line, SessionRecord, Telling
from sojourn.clinical.monitoring.events import Acknowledged, Alarmed, Corrected, Rated, Struck, VitalTaken
from sojourn.clinical.monitoring.limits import values_of


def alarms(record: SessionRecord) -> tuple[Line, ...]:
    """Every alarm on record, whether it still counts, and who took it on."""
    return tuple(
        told
        for e in record.standing
        if isinstance(e.event, Alarmed)
        for told in (
            line(record, e, f"{e.event.severity}: {e.event.words}"),
            *_no_longer_so(record, e.event),
            *_taken_on(record, e),
        )
    )


def _no_longer_so(record: SessionRecord, alarm: Alarmed) -> tuple[Line, ...]:
    """That the entry which raised an alarm was taken back since, why, and what it was replaced by."""
    by_id = {e.event.event_id: e for e in record.entries}
    taken_back = [
        e for e in record.entries
        if isinstance(e.event, Struck | Corrected) and e.event.struck_id == alarm.about_id
    ]  # fmt: skip
    told = []
    for entry in taken_back[-1:]:
        assert isinstance(entry.event, Struck | Corrected)
        says = f"the entry that raised it counts no more: {entry.event.words}"
        told.append(line(record, entry, says))
        right = by_id.get(entry.event.replaced_by) if isinstance(entry.event, Corrected) else None
        if right is not None and right.counts and type(right.event) in SAYS:
            told.append(line(record, right, f"told rightly: {event_says(record, right.event)}"))
    return tuple(told)


def _taken_on(record: SessionRecord, alarm: Entry) -> tuple[Line, ...]:
    return tuple(
        line(record, e, "taken on")
        for e in record.standing
        if isinstance(e.event, Acknowledged)
        and isinstance(alarm.event, Alarmed)
        and (e.event.about_id, e.event.limit_id) == (alarm.event.about_id, alarm.event.limit_id)
    )


def alarm_story(record: SessionRecord, alarm: Entry) -> tuple[Line, ...]:
    """One alarm from its raising to the look after it; what did not happen is said."""
    assert isinstance(alarm.event, Alarmed)
    taken = _taken_on(record, alarm)
    later = (
        line(record, e, event_says(record, e.event))
        for e in record.standing
        if isinstance(e.event, VitalTaken | Rated)
        and e.event.taken_at > alarm.event.taken_at
        and _looks_again(record, alarm.event, e)
    )
    after = next(later, None)
    return (
        line(record, alarm, f"{alarm.event.severity}: {alarm.event.words}"),
        *_no_longer_so(record, alarm.event),
        *_tellings(record, alarm),
        *(taken or (Line("Taken on", "", lacks="nobody has taken it on"),)),
        Line("Looked again", f"{after.label}: {after.says}", after.cites)
        if after
        else Line("Looked again", "", lacks="no later reading on record"),
    )


def _looks_again(record: SessionRecord, alarm: Alarmed, entry: Entry) -> bool:
    """True for an entry that measured what the alarm is about; where it is about no limit, for any that measured."""
    about = next((each.signal for each in record.plan.limits_after if each.id == alarm.limit_id), None)
    return about is None or about in values_of(entry.event)


def _tellings(record: SessionRecord, alarm: Entry) -> tuple[Line, ...]:
    """Every attempt to tell somebody of the alarm: whom, by which way, and what came of it."""
    assert isinstance(alarm.event, Alarmed)
    about = (alarm.event.about_id, alarm.event.limit_id)
    told = [each for each in record.tellings if (each.about_id, each.limit_id) == about]
    if not told:
        return (Line("Told", "", lacks="no attempt to tell anybody is on record"),)
    return tuple(
        Line(
            f"Told at {record.clock(each.tried_at)}",
            f"{each.whom or 'nobody'}, by {each.way}: {_outcome(record, each)}",
            (alarm.number,),
        )
        for each in told
    )


def _outcome(record: SessionRecord, told: Telling) -> str:
    if told.made_at is not None:
        return f"delivered at {record.clock(told.made_at)}"
    return f"not delivered, {told.failed_because}" if told.failed_because else "nothing came back yet"
