"""The ladders of the program as the watch takes their steps."""

from datetime import timedelta

from sojourn.clinical import monitoring
from sojourn.program.safety import missing
from sojourn.program.treatment.answer_times import TAKEN_ON_BY, taken_on_within


def rungs() -> tuple[missing.Rung, ...]:
    """Every step of every ladder, with what follows it, and by when its alarm is taken on in this practice. One query."""
    within = {severity: taken_on_within(severity) for severity in TAKEN_ON_BY}
    return tuple(
        _rung(ladder, number, within)
        for ladder in monitoring.ladders()
        for number in range(len(ladder.steps))
    )


def _rung(ladder: monitoring.Ladder, number: int, within: dict[str, timedelta]) -> missing.Rung:
    step = ladder.steps[number]
    then = ladder.steps[number + 1] if number + 1 < len(ladder.steps) else None
    return missing.Rung(
        ladder=ladder.id,
        number=number,
        is_last=then is None,
        reason=step.id,
        severity="amber" if step.severity is monitoring.Alarm.AMBER else "red",
        owner=step.owner,
        says=step.says,
        within=within[step.severity.value],
        then_after=then.after if then else None,
        then_after_urgent=then.after_urgent if then else None,
        again_after=ladder.again,
    )
