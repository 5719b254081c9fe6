"""Plausible answers for invented people: how totals move over weeks, and items that add up to them."""

from random import Random

from sojourn.clinical import instruments
from sojourn.program.demonstration.cast import Course, PatientPart

# Share of the baseline that is left once a course has had its full effect, and weeks until half of that is reached.
LEFT_AND_HALF_TIME = {
    Course.REMITS: (0.15, 1.2),
    Course.RESPONDS: (0.38, 1.5),
    Course.PARTLY: (0.65, 1.5),
    Course.DOES_NOT_RESPOND: (0.95, 2.0),
    Course.WORSENS: (1.3, 2.0),
    Course.RELAPSES: (0.25, 1.2),
}
RELAPSE_BEGINS_IN_WEEK = 7


MOOD, WORRY = ("phq-9", "phq-2"), ("gad-7",)
IMPROVED = {Course.REMITS: 2, Course.RESPONDS: 2, Course.PARTLY: 3, Course.RELAPSES: 3, Course.WORSENS: 5}


def answers_in_week(part: PatientPart, instrument_id: str, *, week: int, rng: Random) -> dict[str, int]:
    """Give a person's answers to an instrument, `week` weeks after the first dose."""
    instrument = instruments.get(instrument_id)
    scored = tuple(item.id for item in instrument.items if item.id.startswith("q"))
    if instrument_id in (*MOOD, *WORRY):
        is_mood = instrument_id in MOOD
        highest = instrument.scale().high
        baseline = part.baseline if is_mood else max(4, part.baseline - 5)
        course = part.course if is_mood or part.course is not Course.REMITS else Course.RESPONDS
        if instrument_id == "phq-2":
            baseline = round(baseline * highest / 27)
        total = total_in_week(course=course, baseline=baseline, week=week, highest=highest, rng=rng)
        fixed = {}
        if instrument_id == "phq-9":
            fixed = {"q9": (2 if week == 0 else 1) if week in part.self_harm_weeks else 0}
        return answers_adding_up(total=total, item_ids=scored, fixed=fixed, rng=rng)
    match instrument_id:
        case "edi":
            return {item: rng.randint(10, 80) for item in scored}
        case "pgi-c":
            return {"q1": IMPROVED.get(part.course, 4)}
        case "asq":  # asked after an answer about self-harm
            return {item: int(item == "q1") for item in scored}
        case _:
            return {item.id: item.options[0].value for item in instrument.items}


def total_in_week(*, course: Course, baseline: int, week: int, highest: int, rng: Random) -> int:
    """Give the total score `week` weeks after the first dose; 0 is the baseline itself."""
    if week <= 0:
        return baseline
    left, half_time = LEFT_AND_HALF_TIME[course]
    effect = 1 - float(0.5 ** (week / half_time))
    if course is Course.RELAPSES and week > RELAPSE_BEGINS_IN_WEEK:
        effect *= max(0.0, 1 - 0.22 * (week - RELAPSE_BEGINS_IN_WEEK))
    expected = baseline * (1 - (1 - left) * effect)
    return min(highest, max(0, round(expected + rng.choice((-2, -1, 0, 0, 1, 2)))))


def answers_adding_up(
    *, total: int, item_ids: tuple[str, ...], fixed: dict[str, int], rng: Random
) -> dict[str, int]:
    """Spread a total over items of 0 to 3; items in `fixed` keep their value."""
    answers = {item: fixed.get(item, 0) for item in item_ids}
    free = [item for item in item_ids if item not in fixed]
    to_place = max(0, min(total - sum(fixed.values()), 3 * len(free)))
    while to_place:
        item = rng.choice([i for i in free if answers[i] < 3])  # noqa: PLR2004 - items go to 3
        answers[item] += 1
        to_place -= 1
    return answers
