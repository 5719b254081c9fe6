"""What an invented person answers on a day: items that add up to the totals of the synthetic person they are."""

from random import Random

from sojourn.clinical import instruments
from sojourn.program.demonstration.living_person import LivingPerson

HIGHEST_PHQ_9, HIGHEST_PHQ_2 = 27, 6
CHANGES = ((0.5, 2), (0.25, 3), (-0.15, 4))  # share of the score that is gone: how it is called (PGI-C)
WORSE = 5
DAYS_A_WEEK = 7


def answers_on(living: LivingPerson, instrument_id: str, *, day: int, rng: Random) -> dict[str, int]:
    """Give the answers to an instrument, so many days after the first dose."""
    instrument = instruments.get(instrument_id)
    scored = tuple(item.id for item in instrument.items if item.id.startswith("q"))
    week = round(day / DAYS_A_WEEK)
    match instrument_id:
        case "phq-9":
            harm = (2 if week == 0 else 1) if week in living.part.self_harm_weeks else 0
            return adding_up(living.phq9_on(day), scored, fixed={"q9": harm}, rng=rng)
        case "phq-2":
            total = round(living.phq9_on(day) * HIGHEST_PHQ_2 / HIGHEST_PHQ_9)
            return adding_up(total, scored, fixed={}, rng=rng)
        case "gad-7":
            return adding_up(living.gad7_on(day), scored, fixed={}, rng=rng)
        case "edi":
            return {item: rng.randint(10, 80) for item in scored}
        case "pgi-c":
            gain = living.gain_on(day)
            return {"q1": next((value for least, value in CHANGES if gain >= least), WORSE)}
        case "asq":  # asked after an answer about self-harm
            return {item: int(item == "q1") for item in scored}
        case _:
            return {item.id: item.options[0].value for item in instrument.items}


def adding_up(total: int, item_ids: tuple[str, ...], *, fixed: dict[str, int], rng: Random) -> dict[str, int]:
    """Spread a total over items of 0 to 3; items in `fixed` keep their value."""
    answers = {item: fixed.get(item, 0) for item in item_ids}
    free = [item for item in item_ids if item not in fixed]
    to_place = max(0, min(total - sum(fixed.values()), 3 * len(free)))
    while to_place:
        item = rng.choice([i for i in free if answers[i] < 3])  # noqa: PLR2004 - items go to 3
        answers[item] += 1
        to_place -= 1
    return answers
