"""Gathers the ledger from all data files, in the order in which a patient meets the rules."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache

from sojourn.clinical.evidence.validity import Validity
from sojourn.clinical.protocols.ledger.entries import Entry, Where
from sojourn.clinical.protocols.ledger.of_courses import entries_of_courses
from sojourn.clinical.protocols.ledger.of_sessions import entries_of_sessions
from sojourn.clinical.protocols.maudsley import maudsley_bands, maudsley_citations
from sojourn.clinical.protocols.policies import policies
from sojourn.clinical.protocols.resistance import all_criteria, floors
from sojourn.clinical.protocols.rule_set import rule_set
from sojourn.clinical.protocols.rules import Example, Rule, UnknownPolicy
from sojourn.clinical.protocols.standing import statements

RESISTANCE = "Treatment resistance"
EVERYWHERE = "every way of treatment"
WHEN_UNKNOWN = {
    UnknownPolicy.TREAT_AS_POSITIVE: "counts as met until a clinician settles it",
    UnknownPolicy.ASK_CLINICIAN: "stays open until a clinician settles it",
    UnknownPolicy.IGNORE: "says nothing: another rule asks, or a clinician adds the fact",
}
MET = {"yes": "speaks", "no": "is silent", "unknown": "is open"}


@cache
def ledger() -> tuple[Entry, ...]:
    """Give every entry, those of one family together, families in the order of their first entry."""
    found = [
        *_of_eligibility(rule_set().rules),
        *_of_resistance(),
        *entries_of_courses(),
        *entries_of_sessions(),
        *_of_statements(),
        *_of_policies(),
    ]
    families = list(dict.fromkeys(entry.family for entry in found))
    return tuple(sorted(found, key=lambda entry: families.index(entry.family)))


def _of_eligibility(rules: Iterable[Rule]) -> Iterator[Entry]:
    rules = tuple(rules)
    begins = {(rule.id, rule.valid_from) for rule in rules}
    for rule in rules:
        yield Entry(
            id=rule.id,
            family=rule.family,
            says=rule.says,
            patient_says=rule.patient_says,
            where=tuple(
                Where(weight.setting.label, weight.severity.value.replace("_", " "), weight.basis)
                for weight in rule.weights
            ),
            citations=rule.citations,
            validity=Validity(rule.version, rule.jurisdiction, rule.valid_from, rule.valid_to),
            unknown=WHEN_UNKNOWN[rule.unknown],
            would_change=rule.would_change_clinician,
            examples=tuple(_example(example) for example in rule.examples),
            is_followed=rule.valid_to is not None and (rule.id, rule.valid_to + timedelta(days=1)) in begins,
        )


def _example(example: Example) -> str:
    facts = ", ".join(f"{name} = {_given(value)}" for name, value in example.facts) or "nothing answered"
    licensed = (
        f", licensed in {', '.join(sorted(example.licensed_states))}" if example.licensed_states else ""
    )
    day = f", on {example.on.isoformat()}" if example.on else ""
    return f"{facts}{licensed}{day}: {MET[example.met]}"


def _given(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " + ".join(value)


def _of_resistance() -> Iterator[Entry]:
    criteria = all_criteria()
    for each in criteria:
        yield Entry(
            id=f"TRD-{each.id}",
            family=RESISTANCE,
            says=each.says,
            patient_says="Whether earlier medicines count as full tries depends on dose, time and effect.",
            where=(Where(EVERYWHERE, "definition", each.basis),),
            citations=each.citations,
            validity=each.validity,
            unknown="a trial whose dose, time, effect or episode is not documented stays open",
        )
    floors_told = ", ".join(f"{name} {floor.least_mg_per_day:g}" for name, floor in floors().items())
    cited = dict.fromkeys(each for floor in floors().values() for each in floor.citations)
    yield Entry(
        id="TRD-least-dose",
        family=RESISTANCE,
        says=f"Least dose that counts, in mg a day: {floors_told}.",
        patient_says="A medicine counts only when the dose was high enough.",
        where=(Where(EVERYWHERE, "definition", criteria[0].basis),),
        citations=tuple(cited),
        validity=criteria[0].validity,
    )
    yield Entry(
        id="TRD-maudsley",
        family=RESISTANCE,
        says="Maudsley staging, 3 to 15 points from duration, severity, failed trials, augmentation and ECT; its bands are "
        + ", ".join(f"{name} up to {most:g}" for most, name in maudsley_bands())
        + ".",
        patient_says="Your clinician adds up how long and how stubborn your depression has been.",
        where=(Where(EVERYWHERE, "staging", criteria[0].basis),),
        citations=maudsley_citations(),
        validity=criteria[0].validity,
    )


def _of_statements() -> Iterator[Entry]:
    for each in statements():
        yield Entry(
            id=each.id,
            family=each.family,
            says=each.says,
            patient_says=each.patient_says,
            where=tuple(Where(setting.label, "always holds", each.basis) for setting in each.settings),
            citations=each.citations,
            validity=each.validity,
            note=f"Kept by {each.kept_by}.",
        )


def _of_policies() -> Iterator[Entry]:
    for each in policies():
        yield Entry(
            id=f"POLICY-{each.id}",
            family="Times the program sets",
            says=each.says,
            patient_says=each.patient_says,
            where=(Where(EVERYWHERE, "time limit", each.basis),),
            citations=each.citations,
            validity=each.validity,
        )
