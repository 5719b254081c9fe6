"""How long the rules take for one patient, and how fast everybody is judged again after they changed."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median

from benchmarks.report import Target
from sojourn.clinical import protocols
from sojourn.program.intake.rechecking import recheck_everybody

NAME = "RULE"
ANSWERS = {
    "one patient, nothing speaks": {
        "born_on": "1985-05-05", "state": "CA", "suicidal_thoughts": "no", "suicidal_act": "no", "aneurysm": "no",
        "arteriovenous_malformation": "no", "brain_bleed": "no", "blood_pressure": "118/76", "allergy": "no",
        "blood_pressure_history": "no", "heart_disease": "no", "head_pressure": "no", "conditions": ["none"],
        "liver_disease": "no", "bladder": "no", "sleep_apnea": "no", "pregnancy": "no", "weight": "180 lb",
        "psychosis": "no", "mania": "no", "memory": "no", "substance_use": "no", "past_misuse": "no",
        "antidepressants_tried": "two_or_more", "medicines": ["none"], "home_session": "yes",
        "examined_in_person": "yes",
    },
    "one patient, nothing answered": {},
}  # fmt: skip
REPEATS, EACH = 15, 200


def one_patient() -> list[Target]:
    """Measure the whole rule set for one patient, in CPU microseconds, the median of several repeats."""
    on = datetime.now(UTC).date()
    return [
        Target(
            NAME,
            f"{name}: CPU us",
            500,
            1e6 * _cpu_s(partial(protocols.evaluate, facts=protocols.read_facts(answers), on=on)),
            lower_is_better=True,
        )
        for name, answers in ANSWERS.items()
    ]


def everybody(patients: int) -> list[Target]:
    """Judge everybody in the database again; a rate, with reading, comparing and writing in it."""
    began, cpu = time.perf_counter(), time.process_time()
    judged = recheck_everybody(now=datetime.now(UTC))
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    if judged == 0:
        return []
    return [
        Target(NAME, f"{judged:,} of {patients:,} judged again: patients/s", 1000, judged / seconds),
        Target(NAME, "100,000 judged again: CPU s", 100, 100_000 * cpu_s / judged, lower_is_better=True),
    ]


def _cpu_s(work: Callable[[], object]) -> float:
    work()
    found = []
    for _ in range(REPEATS):
        began = time.process_time()
        for _ in range(EACH):
            work()
        found.append((time.process_time() - began) / EACH)
    return median(found)
