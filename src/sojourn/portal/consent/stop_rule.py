"""The stop rule as the patient reads it: what was agreed, where it stands, and what can be chosen."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.stop_rule import Choice, plain_standing, stop_rule_policy
from sojourn.program.people.access import patients_only
from sojourn.program.treatment.stop_rules import StopRuleNow, stop_rule_of


@dataclass(frozen=True)
class OwnRule:
    """The patient's rule in their words. `waits` is true while the next dose does."""

    rule: StopRuleNow
    says: str
    waits: bool
    scale: str
    scores: tuple[tuple[date, float], ...]


def own_rule(request: HttpRequest) -> OwnRule | None:
    """The rule of the signed-in patient's course, or None where none was signed."""
    actor = request.actor  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    rule = stop_rule_of(actor.patient_id, actor=actor, now=now)
    if rule is None:
        return None
    if rule.settled is not None:
        says = rule.settled.choice.patient_says
    elif not rule.agreed_by:
        says = _("Your prescriber still has to agree to what you chose. There is nothing for you to do.")
    else:
        says = plain_standing(rule.terms, rule.verdict)
    return OwnRule(
        rule=rule,
        says=says,
        waits=bool(rule.held_because),
        scale=instruments.get(rule.terms.instrument).patient_title,
        scores=tuple((score.on, float(score.value)) for score in rule.verdict.scores),
    )


@patients_only
def stop_rule(request: HttpRequest) -> HttpResponse:
    """Show a patient what was agreed and where it stands, with the choices that remain."""
    policy = stop_rule_policy()
    choices: list[tuple[Choice, list[str]]] = [
        (choice, [citation.in_words for citation in choice.citations]) for choice in policy.choices.values()
    ]
    return render(request, "portal/consent/stop_rule.html", {"own": own_rule(request), "choices": choices})
