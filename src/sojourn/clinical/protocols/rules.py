"""One eligibility rule as data, and the strict reading of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sojourn.clinical.evidence import Basis, Citation, Table, read_citations
from sojourn.clinical.protocols.conditions import Condition, ConditionInvalid, condition_from


class Setting(StrEnum):
    """With what and where somebody is treated: esketamine or racemic in the clinic, racemic at home."""

    ESKETAMINE = "esketamine"
    CLINIC = "clinic"
    HOME = "home"

    @property
    def label(self) -> str:
        return _SETTING_LABELS[self]


_SETTING_LABELS = {
    Setting.ESKETAMINE: "esketamine in a clinic",
    Setting.CLINIC: "ketamine in a clinic",
    Setting.HOME: "ketamine at home",
}


class Severity(StrEnum):
    """How much a finding weighs. Listed from the heaviest to the lightest."""

    HELP_NOW = "help_now"
    ABSOLUTE = "absolute"
    SPECIALIST = "specialist"
    CAUTION = "caution"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Zero for the heaviest."""
        return _SEVERITY_RANKS[self]


_SEVERITY_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class UnknownPolicy(StrEnum):
    """What follows when the facts leave a rule open."""

    TREAT_AS_POSITIVE = "treat_as_positive_until_clinician_resolves"
    ASK_CLINICIAN = "ask_clinician"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a rule weighs in one setting, what that rests on, and what it weighs once the rule has expired."""

    setting: Setting
    severity: Severity
    basis: Basis
    when_expired: Severity


@dataclass(frozen=True, slots=True)
class Example:
    """A case at the edge of a rule. `facts` are raw answers, as a form sends them."""

    facts: tuple[tuple[str, str | tuple[str, ...]], ...]
    met: str
    on: date | None
    licensed_states: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule. `weights` lists only the settings it applies to; `replaces` is the version before."""

    id: str
    family: str
    version: str
    replaces: str | None
    says: str
    patient_says: str
    when: Condition
    unknown: UnknownPolicy
    weights: tuple[Weighed, ...]
    citations: tuple[Citation, ...]
    jurisdiction: str
    valid_from: date
    valid_to: date | None
    would_change_patient: str
    would_change_clinician: str
    examples: tuple[Example, ...]
    only_stricter: bool = False  # a practice may never set its number so that the rule speaks less often

    def is_in_force(self, on: date) -> bool:
        """True from `valid_from` to `valid_to`, both included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


SHARED = ("family", "version", "valid_from", "jurisdiction")
REQUIRED = (
    "id", "says", "patient_says", "when", "unknown", "severity", "basis", "citations", "would_change",
    "examples",
)  # fmt: skip


def rules_in(table: Table) -> list[Rule]:
    """Read the rules of one file, each with the file's defaults. Raises DataFileInvalid."""
    defaults = table.table("defaults", allowed=SHARED).values if "defaults" in table else {}
    rows = table.tables(
        "rule", allowed=(*SHARED, "valid_to", "replaces", "when_expired", "only_stricter"), required=REQUIRED
    )
    return [_rule_from(Table(row.where, {**defaults, **row.values})) for row in rows]


def _rule_from(row: Table) -> Rule:
    if "valid_to" in row and row.day("valid_to") < row.day("valid_from"):
        raise row.refuse("valid_to", "give a day on or after `valid_from`")
    would_change = row.table("would_change", allowed=(), required=("patient", "clinician"))
    try:
        when = condition_from(row.values["when"])
    except ConditionInvalid as refused:
        raise row.refuse("when", str(refused)) from refused
    return Rule(
        id=row.text("id"),
        family=row.text("family"),
        version=row.text("version"),
        replaces=row.text_or_none("replaces"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        when=when,
        unknown=UnknownPolicy(row.choice("unknown", tuple(UnknownPolicy))),
        weights=_weights_of(row),
        citations=read_citations(row),
        jurisdiction=row.text("jurisdiction"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        would_change_patient=would_change.text("patient"),
        would_change_clinician=would_change.text("clinician"),
        examples=tuple(
            _example_from(example)
            for example in row.tables(
                "examples", allowed=("on", "licensed_states"), required=("facts", "met")
            )
        ),
        only_stricter=row.flag("only_stricter") if "only_stricter" in row else False,
    )


def _weights_of(row: Table) -> tuple[Weighed, ...]:
    severity = row.table("severity", allowed=tuple(Setting))
    basis = row.table("basis", allowed=tuple(Setting))
    expired = row.table("when_expired", allowed=tuple(Setting)) if "when_expired" in row else severity
    if set(severity.values) != set(basis.values) or not severity.values:
        raise row.refuse("basis", "name the same settings as in `severity`, at least one")
    return tuple(
        Weighed(
            setting=setting,
            severity=Severity(severity.choice(setting, tuple(Severity))),
            basis=Basis(basis.choice(setting, tuple(Basis))),
            when_expired=Severity(
                (expired if setting in expired else severity).choice(setting, tuple(Severity))
            ),
        )
        for setting in Setting
        if setting in severity
    )


def _example_from(row: Table) -> Example:
    facts = row.values["facts"]
    if not isinstance(facts, dict):
        raise row.refuse("facts", "give a table of answers by question")
    for name, value in facts.items():
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise row.refuse(
                f"facts.{name}", "give the answer as a form sends it: a text, or a list of texts"
            )
    return Example(
        facts=tuple(
            (name, tuple(value) if isinstance(value, list) else value) for name, value in facts.items()
        ),
        met=row.choice("met", ("yes", "no", "unknown")),
        on=row.day_or_none("on"),
        licensed_states=frozenset(row.texts("licensed_states")) if "licensed_states" in row else None,
    )
