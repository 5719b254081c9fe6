"""The ladders of the program as the watch takes their steps."""

from functools import cache

from sojourn.clinical import monitoring, protocols
from sojourn.program.safety import missing


@cache
def rungs() -> tuple[missing.Rung, ...]:
    """Every step of every ladder, with what follows it."""
    return tuple(
        _rung(ladder, number) for ladder in monitoring.ladders() for number in range(len(ladder.steps))
    )


def _rung(ladder: monitoring.Ladder, number: int) -> missing.Rung:
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
        within=protocols.policy(f"alarm-acknowledge-{step.severity.value}").within,
        then_after=then.after if then else None,
        then_after_urgent=then.after_urgent if then else None,
        again_after=ladder.again,
    )
