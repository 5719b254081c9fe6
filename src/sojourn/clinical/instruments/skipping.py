"""Which questions were not asked, because an earlier answer made them pointless."""

from sojourn.clinical.instruments.answers import Answers, points_of
from sojourn.clinical.instruments.conditions import Facts, verdict
from sojourn.clinical.instruments.definition import Instrument


def not_asked(instrument: Instrument, answers: Answers) -> frozenset[str]:
    """Give the blank items whose `asked_when` certainly does not hold.

    An item that was answered although it need not have been keeps its answer; one whose gate a blank leaves open
    counts as asked.
    """
    skipped: set[str] = set()
    for item in instrument.items:
        if item.asked_when is None or answers[item.id] is not None:
            continue
        facts = Facts(
            points=lambda item_id: points_of(instrument, answers, item_id),
            points_before=lambda _: None,
            value=lambda _: None,
            value_before=lambda _: None,
            not_asked=frozenset(skipped),
        )
        if verdict(item.asked_when, facts) is False:
            skipped.add(item.id)
    return frozenset(skipped)


def unanswered(instrument: Instrument, answers: Answers) -> tuple[str, ...]:
    """Give the blank items that a score or a triage needs, in the order of the form.

    Left out are items that were not asked, and those of which another one is answered by design.
    """
    excused = not_asked(instrument, answers) | _answered_by_another(instrument, answers)
    needed = {item_id for scale in instrument.scales for group in scale.groups for item_id in group}
    if instrument.triage or not instrument.scales:
        needed |= set(instrument.by_id)
    return tuple(item_id for item_id in answers.blank if item_id in needed and item_id not in excused)


def _answered_by_another(instrument: Instrument, answers: Answers) -> set[str]:
    return {
        item_id
        for scale in instrument.scales
        for part in scale.either_or
        if any(answers[other] is not None for other in part)
        for item_id in part
        if answers[item_id] is None
    }
