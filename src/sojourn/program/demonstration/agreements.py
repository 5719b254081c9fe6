"""What an invented person and their prescriber agree: the stop rule, and the conversation it asked for."""

from datetime import datetime, timedelta
from uuid import UUID

from sojourn.clinical import protocols
from sojourn.clinical.outcomes.stop_rule import Terms, usual_terms
from sojourn.program.demonstration.way_in import Person
from sojourn.program.intake.signing import AgreedRule
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.queries import VisitRow
from sojourn.program.treatment.stop_rules import stop_rule_of
from sojourn.program.treatment.stopping import offer_stop_rule, record_stop_conversation

BEFORE_THE_DOSE = timedelta(hours=2)
TALKED = {
    True: "Little has moved on the scale, and mornings are easier. Both want the rest of the series, then look afresh.",
    False: "Scores were missing; gone through on the telephone together. Some better days; both want to go on.",
}


def rule_of(person: Person) -> AgreedRule:
    """The stop rule a person signs: the usual one of their protocol."""
    return AgreedRule(
        _terms(person), may_contact=("my prescriber", "my therapist"), trusted_name="Robin Marsh", trusted_phone="555-0190"
    )  # fmt: skip


def agree(person: Person, course_id: UUID, *, at: datetime) -> None:
    """Let the prescriber stand behind the same terms."""
    offer_stop_rule(course_id=course_id, terms=_terms(person), actor=person.prescriber, now=at)


def talk_over(person: Person, visits: tuple[VisitRow, ...], *, until: datetime) -> None:
    """Let the conversation have been held where a dose was given after a rule came due. One still to come is open."""
    rule = stop_rule_of(person.id, actor=person.prescriber, now=until)
    if rule is None or not rule.held_because:
        return
    after = rule.terms.by_session + 1
    given = [v for v in visits if v.kind == VisitKind.DOSING and v.number == after and v.starts_at <= until]
    if rule.doses_given < after or not given:
        return
    record_stop_conversation(
        course_id=rule.course_id, choice_id="go_on", words=TALKED[rule.is_due], again_by=None,
        actor=person.prescriber, now=given[0].starts_at - BEFORE_THE_DOSE,
    )  # fmt: skip


def _terms(person: Person) -> Terms:
    return usual_terms(doses=protocols.course_protocol(person.part.protocol).doses)
