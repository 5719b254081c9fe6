"""What of a form that was filed is told otherwise by the record since: something came late, or was corrected."""

from dataclasses import dataclass, replace

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring import documents
from sojourn.program.treatment.papers import Filed, record_of
from sojourn.program.treatment.sessions import Session, telling_of


@dataclass(frozen=True)
class Changed:
    """A field of the form, as it was filed and as it is now; empty where nothing was known."""

    label: str
    was: str
    says: str


def changed_since_filed(of: Session, filed: Filed) -> tuple[Changed, ...]:
    """Name the fields that differ between the record the form was made of and the record as it stands.

    A form that cannot be made any more has lost every field. What is kept of people beside the events is not compared:
    it stands in both as it is known now.
    """
    then = _as_filed(of, filed)
    was, says = _fields(then), _fields(of)
    return tuple(
        Changed(label, was.get(label, ""), says.get(label, ""))
        for label in was | says
        if was.get(label, "") != says.get(label, "")
    )


def _as_filed(of: Session, filed: Filed) -> Session:
    """The session as it stood under the seal that was filed."""
    last = next((row.sequence for row in of.events if row.seal == filed.seal), 0)
    rows = [row for row in of.events if row.sequence <= last]
    taken_back = {row.withdraws_id for row in rows}
    events = tuple(row if row.id in taken_back else replace(row, struck_at=None) for row in rows)
    told = telling_of(events)
    state = monitoring.state_of(
        events=told, plan=of.plan, now=filed.filed_at, observe_longer=of.observes_longer
    )
    return replace(of, events=events, told=told, state=state)


def _fields(of: Session) -> dict[str, str]:
    try:
        form = documents.filled_form(record_of(of))
    except documents.NotDerivable:
        return {}
    return {line.label: line.says for section in form.sections for line in section.lines}
