"""The check before the dose and the account of the medicine, as the session page shows them."""

from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from sojourn.clinical.monitoring import DoseChecked, Hold
from sojourn.clinical.monitoring.dose_check import wrongs_of
from sojourn.clinical.monitoring.dose_rules import DoseRule, dose_rule
from sojourn.program.plans.queries import day_at
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sessions import EventRow, Session
from sojourn.workspace.session_room.events_in_words import in_words


@dataclass(frozen=True)
class SeenTwice:
    """An entry that a second person signs: its words, and who signed. `form_id` names the form to sign with."""

    row: EventRow
    words: str
    witnessed_by: tuple[str, ...]
    form_id: UUID


@dataclass(frozen=True)
class Medicine:
    """The latest check of the dose and the latest account; None where there is none. `wrong` is what that check found."""

    rule: DoseRule
    wrong: tuple[Hold, ...]
    check: SeenTwice | None
    account: SeenTwice | None
    needs_second_person: bool


def medicine_of(found: Session) -> Medicine:
    """Read both from the events of a session."""
    rule = dose_rule(found.plan.id)
    check = _latest(found, EventKind.DOSE_CHECKED)
    return Medicine(
        rule=rule,
        wrong=_wrong(found, check, rule),
        check=check,
        account=_latest(found, EventKind.ACCOUNTED),
        needs_second_person=rule.second_person and check is not None and not check.witnessed_by,
    )


def _wrong(found: Session, check: SeenTwice | None, rule: DoseRule) -> tuple[Hold, ...]:
    """What the latest check found, as long as nothing has been given."""
    if check is None or found.state.dosed_at is not None:
        return ()
    event = check.row.as_event()
    assert isinstance(event, DoseChecked)
    return wrongs_of(event, rule=rule, on=day_at(event.taken_at, found.visit.timezone))


def _latest(found: Session, kind: EventKind) -> SeenTwice | None:
    told = [row for row in found.events if row.kind == kind and row.is_standing]
    if not told:
        return None
    row = told[-1]
    witnesses = tuple(
        each.by
        for each in found.events
        if each.kind == EventKind.WITNESSED and each.is_standing and each.facts.get("about_id") == str(row.id)
    )
    return SeenTwice(row, in_words(row, found.plan), witnesses, uuid7())
