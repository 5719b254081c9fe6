"""Judges everybody again when the rules change, and keeps whose findings would differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from sojourn.clinical import protocols
from sojourn.clinical.protocols.rule_set import RuleSet
from sojourn.program.intake.choices import DecisionOutcome
from sojourn.program.intake.models import AffectedPatient, Assessment, Decision, RuleReview
from sojourn.program.intake.practice_rules import practice_rules
from sojourn.program.people.models import Patient

BATCH = 500
TURNED_AWAY = (DecisionOutcome.REFERRED, DecisionOutcome.DECLINED)
Weights = dict[str, tuple[Any, ...]]

# What of a stored evaluation is compared. Its words, most of its bytes, stay in the database.
STORED = """jsonb_build_object(
    'setting', intake_assessment.evaluation->'setting',
    'licensed_states', intake_assessment.evaluation->'licensed_states',
    'findings', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'rule_id', found->'rule_id', 'unknown', found->'unknown', 'expired', found->'expired',
            'by_setting', found->'by_setting'
        )), '[]')
        FROM jsonb_array_elements(intake_assessment.evaluation->'findings') AS found
    )
)"""


@dataclass(frozen=True)
class Difference:
    """What another edition of the rules makes of the same facts: ids of rules, ordered."""

    disposition: protocols.Disposition
    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    reweighed: tuple[str, ...]


def edition_of(rules: RuleSet, *, on: date) -> str:
    """Name the rules as they hold on a day: their version, and which of them are out of date by then."""
    ended = [rule.id for rule, is_out_of_date in rules.on(on) if is_out_of_date]
    return f"{rules.version} without {','.join(ended)}"[:200] if ended else rules.version


def recheck_everybody(*, now: datetime, at_most: int | None = None) -> int:
    """Judge the newest assessment of each patient by the rules of now, batch by batch; returns how many were judged.

    Each edition of the rules is gone through once. `at_most` bounds one call; the next goes on where it stopped.
    People who were referred or declined are left out.
    """
    rules, on = practice_rules(), now.date()
    edition = edition_of(rules, on=on)
    judged = 0
    while at_most is None or judged < at_most:
        size = BATCH if at_most is None else min(BATCH, at_most - judged)
        done = _recheck_batch(edition, rules, on=on, now=now, size=size)
        if not done:
            break
        judged += done
    return judged


def difference(
    *, facts: Mapping[str, Any], stored: Mapping[str, Any], rules: RuleSet, on: date
) -> Difference | None:
    """Compare a stored evaluation with what the rules make of its facts on a day; None where nothing differs."""
    states = stored["licensed_states"]
    evaluation = protocols.evaluate(
        facts=protocols.facts_from_json(facts),
        on=on,
        setting=stored["setting"],
        licensed_states=states,
        rules=rules,
    )
    was, now = _stored_weights(stored), _weights(evaluation)
    if was == now:
        return None
    return Difference(
        disposition=evaluation.disposition,
        appeared=tuple(sorted(set(now) - set(was))),
        gone=tuple(sorted(set(was) - set(now))),
        reweighed=tuple(sorted(rule for rule in set(was) & set(now) if was[rule] != now[rule])),
    )


def _recheck_batch(edition: str, rules: RuleSet, *, on: date, now: datetime, size: int) -> int:
    with transaction.atomic():
        RuleReview.objects.get_or_create(
            edition=edition, defaults={"rule_set_version": rules.version, "on": on, "began_at": now}
        )
        # Two workers wait here for each other.
        review = RuleReview.objects.select_for_update().get(edition=edition)
        if review.finished_at is not None:
            return 0
        rows = list(_newest_after(review.after).values_list("id", "patient_id", "facts", "stored")[:size])
        AffectedPatient.objects.bulk_create(
            _affected(review.id, assessment, patient, found, now)
            for assessment, patient, facts, stored in rows
            if (found := difference(facts=facts, stored=stored, rules=rules, on=on))
        )
        review.looked_at += len(rows)
        review.after = rows[-1][0] if rows else review.after
        review.finished_at = now if len(rows) < size else None
        review.save(update_fields=["looked_at", "after", "finished_at"])
    return len(rows)


def _newest_after(after: UUID | None) -> QuerySet[Any]:
    newer = Assessment.objects.filter(patient=OuterRef("patient"), taken_at__gt=OuterRef("taken_at"))
    newest_decision = Decision.objects.filter(patient=OuterRef("patient")).order_by("-decided_at")
    rows = (
        Assessment.objects.filter(~Exists(newer), patient__kind=Patient.Kind.PATIENT)
        .annotate(
            outcome=Subquery(newest_decision.values("outcome")[:1]),
            stored=RawSQL(STORED, (), output_field=JSONField()),  # noqa: S611 - a constant
        )
        .filter(Q(outcome=None) | ~Q(outcome__in=TURNED_AWAY))
        .order_by("pk")
    )
    return rows if after is None else rows.filter(pk__gt=after)


def _affected(
    review_id: UUID, assessment_id: UUID, patient_id: UUID, found: Difference, now: datetime
) -> AffectedPatient:
    return AffectedPatient(
        review_id=review_id,
        assessment_id=assessment_id,
        patient_id=patient_id,
        disposition=found.disposition.value,
        rank=found.disposition.rank,
        appeared=list(found.appeared),
        gone=list(found.gone),
        reweighed=list(found.reweighed),
        found_at=now,
    )


def _weights(evaluation: protocols.Evaluation) -> Weights:
    return {
        finding.rule_id: (
            finding.unknown,
            finding.expired,
            *((weight.setting.value, weight.severity.value) for weight in finding.by_setting),
        )
        for finding in evaluation.findings
    }


def _stored_weights(stored: Mapping[str, Any]) -> Weights:
    """Read the same from the stored form, without building findings that nobody prints."""
    return {
        finding["rule_id"]: (
            finding["unknown"],
            finding["expired"],
            *((weight["setting"], weight["severity"]) for weight in finding["by_setting"]),
        )
        for finding in stored["findings"]
    }
