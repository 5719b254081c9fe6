"""What answers come to, as columns; the alarms they raise; and what they lead to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sojourn.clinical import instruments, outcomes
from sojourn.clinical.instruments import Answers, Category, CriticalAnswer, Instrument, Score, Severity
from sojourn.clinical.protocols import policy
from sojourn.clinical.quantities import how_many
from sojourn.program.people.actors import Actor
from sojourn.program.safety import actions as safety

Scored = instruments.Score | instruments.Unscorable


@dataclass(frozen=True)
class Result:
    """The score of the main scale, the category, and what needs a person; either of the first two may be absent."""

    scored: Scored | None
    category: Category | instruments.Unscorable | None
    critical: tuple[CriticalAnswer, ...]

    @property
    def names(self) -> frozenset[str]:
        """What other instruments may follow: the level, the rules that fired, and "critical" for any about suicide."""
        found = {answer.reason for answer in self.critical}
        if any(answer.about_suicide for answer in self.critical):
            found.add("critical")
        if isinstance(self.category, Category):
            found.add(self.category.level.id)
            found.update(self.category.could_be)
        return frozenset(found)

    @property
    def offers_crisis_help(self) -> bool:
        return any(answer.about_suicide for answer in self.critical)

    def columns(self, instrument: Instrument) -> dict[str, object]:
        """Give the columns of a response. `scale_id` stays blank for the main scale."""
        columns: dict[str, object] = {
            "scale_id": "", "value": None, "prorated": False, "answered": None, "band": "",
            "unscorable_because": "", "flagged": bool(self.critical),
        }  # fmt: skip
        if isinstance(self.scored, Score):
            columns |= {
                "scale_id": "" if self.scored.scale_id == instrument.scale().id else self.scored.scale_id,
                "value": Decimal(str(round(float(self.scored.value), 3))),
                "prorated": self.scored.prorated,
                "answered": self.scored.answered,
                "band": self.scored.band.label if self.scored.band else "",
            }
        elif self.scored is not None:
            columns |= {"answered": self.scored.answered, "unscorable_because": self.scored.reason}
        if isinstance(self.category, Category):
            columns["band"] = self.category.level.label
        elif self.category is not None and not columns["unscorable_because"] and columns["value"] is None:
            columns |= {"answered": self.category.answered, "unscorable_because": self.category.reason}
        return columns


def result_of(
    instrument: Instrument,
    answers: Answers,
    *,
    previous: Answers | None = None,
    earlier: Sequence[Decimal] = (),
) -> Result:
    """Judge finished answers. `earlier` are the scores since the newest baseline, for the rule about worsening."""
    scored = instruments.score(instrument, answers) if instrument.scales else None
    critical = instruments.critical_answers(instrument, answers, previous=previous)
    worse = _worsening(instrument, scored, earlier)
    return Result(scored, instruments.triage(instrument, answers), (*critical, *worse))


def _worsening(
    instrument: Instrument, scored: Scored | None, earlier: Sequence[Decimal]
) -> Iterable[CriticalAnswer]:
    """Find a total that is reliably worse than the best since the baseline, by the instrument's first change set."""
    if not isinstance(scored, Score) or scored.scale_id != instrument.scale().id or not earlier:
        return
    lower_is_better = instrument.direction is instruments.Direction.LOWER_IS_BETTER
    best = min(earlier) if lower_is_better else max(earlier)
    change = outcomes.change_between(instrument=instrument, before=Fraction(best), after=scored.value)
    if change.verdict is not outcomes.ChangeVerdict.WORSE or change.change_set is None:
        return
    within = policy("alarm-acknowledge-amber")
    yield CriticalAnswer(
        reason=f"{instrument.id}.worse",
        severity=Severity.AMBER,
        says=f"{instrument.title} is reliably worse than its best since the baseline"
        f" ({how_many(change.change_set.points, 'point')} or more).",
        item_id=None,
        about_suicide=False,
        owner=instruments.Owner.PRESCRIBER,
        acknowledge_within=within.within,
        citations=change.change_set.citations,
    )


def raise_alarms(
    critical: Iterable[CriticalAnswer],
    *,
    patient_id: UUID,
    about: tuple[str, UUID],
    answers: Answers,
    at: datetime,
    actor: Actor,
) -> None:
    """Raise an alarm for each critical answer, once for each cause."""
    for answer in critical:
        facts: dict[str, object] = {"instrument": answers.instrument_id}
        if answer.item_id:
            facts |= {"item": answer.item_id, "answer": answers[answer.item_id]}
        safety.raise_alarm(
            patient_id=patient_id,
            reason=answer.reason,
            severity=answer.severity.value,
            says=answer.says,
            owner=answer.owner.value,
            facts=facts,
            about_kind=about[0],
            about_id=about[1],
            acknowledge_within=answer.acknowledge_within,
            raised_at=at,
            actor=actor,
        )


def comparable(instrument: Instrument, stored: dict[str, object] | None) -> Answers | None:
    """Read the patient's last answers, for rules about a rise; those to another definition cannot be compared."""
    if stored is None or stored.get("definition_hash") != instrument.definition_hash:
        return None
    return instruments.answers_from_json(instrument, stored)
