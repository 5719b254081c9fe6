"""The rules this practice decides by: those that ship, with the numbers its medical director has adopted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from sojourn.clinical.monitoring import MonitoringPlan
from sojourn.clinical.protocols import policy, rule_set
from sojourn.clinical.protocols.policies import policy_thresholds, refuse_policy
from sojourn.clinical.protocols.rule_set import RuleSet
from sojourn.clinical.protocols.session_limits import (
    refuse_session_limit,
    session_thresholds,
    with_session_limits,
)
from sojourn.clinical.protocols.thresholds import (
    Adopted,
    Threshold,
    refuse_threshold,
    thresholds,
    with_thresholds,
)
from sojourn.program.audit import actions as audit
from sojourn.program.intake.actions import ReasonMissing
from sojourn.program.intake.models import AdoptedThreshold
from sojourn.program.intake.signing import NameDiffers, is_own_name
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require

REMEMBERED = 16  # sets of numbers whose rules are kept ready
KEY = ("rule_id", "rule_version", "fact", "relation")
SHOWN = 100
# The alarm limits adopted until a moment, as a JSON array of rows in order of time; the moment follows. `limits` are the
# names of the limits in one text with spaces between, which costs a driver less than an array.
LIMITS_ADOPTED_UNTIL = """
SELECT json_agg(adopted ORDER BY adopted.adopted_at, adopted.id) FROM intake_adoptedthreshold adopted
WHERE adopted.rule_id = ANY(string_to_array(%(limits)s, ' ')) AND adopted.adopted_at <=
"""


class AdoptedMeanwhile(Exception):
    """Another number was adopted since the page was opened; that is to be read first."""


@dataclass(frozen=True)
class AdoptedRow:
    """One adoption as it was signed."""

    id: UUID
    rule_id: str
    rule_version: str
    fact: str
    relation: str
    was: float
    limit: float
    reason: str
    signed_name: str
    adopted_at: datetime


@dataclass(frozen=True)
class OwnThreshold:
    """A number the practice may set, and the one that holds now."""

    threshold: Threshold
    limit: float

    @property
    def is_own(self) -> bool:
        return self.limit != self.threshold.limit


def practice_rules() -> RuleSet:
    """Give the rules with the numbers adopted until now. One query."""
    return _rules_with(tuple(_standing()))


def rules_then_and_now(then: datetime) -> tuple[RuleSet, RuleSet]:
    """Give the rules with the numbers adopted until that moment, and until now. One query."""
    rows = list(AdoptedThreshold.objects.order_by("adopted_at", "id").values(*KEY, "limit", "adopted_at"))
    until_then = [row for row in rows if row["adopted_at"] <= then]
    return _rules_with(_newest(until_then)), _rules_with(_newest(rows))


def session_limits_adopted() -> "AdoptedLimits":
    """Give the alarm limits adopted until now, each with its moment. One query."""
    rows = AdoptedThreshold.objects.filter(rule_id__in=names_of_limits()).order_by("adopted_at", "id")
    return AdoptedLimits(tuple(rows.values(*KEY, "limit", "adopted_at")))


@dataclass(frozen=True)
class AdoptedLimits:
    """The practice's alarm limits in order of time."""

    rows: tuple[dict[str, Any], ...]

    def in_force(self, plan: MonitoringPlan, *, at: datetime) -> MonitoringPlan:
        """Give the plan as it stood at that moment: a limit adopted later does not judge an earlier session."""
        return limits_in_force(plan, [row for row in self.rows if row["adopted_at"] <= at])


@cache
def names_of_limits() -> tuple[str, ...]:
    """Give the names of the alarm limits a practice may set."""
    return tuple(each.rule_id for each in session_thresholds())


def limits_in_force(plan: MonitoringPlan, rows: Sequence[dict[str, Any]]) -> MonitoringPlan:
    """Give the plan with these adopted limits, in order of time."""
    return with_session_limits(plan, _newest(rows)) if rows else plan


def policy_in_force(policy_id: str) -> timedelta:
    """Give a length of time as this practice has set it, else the program's. One query where it may be set."""
    known = policy(policy_id)
    if known.threshold is None:
        return known.within
    rule_id, version, fact, relation = known.threshold.key
    limit = (
        AdoptedThreshold.objects.filter(rule_id=rule_id, rule_version=version, fact=fact, relation=relation)
        .order_by("-adopted_at", "-id")
        .values_list("limit", flat=True)
        .first()
    )
    if limit is None or known.threshold.why_not(limit):
        return known.within
    return timedelta(minutes=limit)


def own_thresholds() -> tuple[OwnThreshold, ...]:
    """Give every number a practice may set, with the one that holds now, by rule. One query."""
    set_to = {each.key: each.limit for each in _standing()}
    return tuple(
        OwnThreshold(each, set_to.get(each.key, each.limit))
        for each in (*thresholds(rule_set()), *session_thresholds(), *policy_thresholds())
    )


def adoptions() -> tuple[AdoptedRow, ...]:
    """Give the newest adoptions, newest first, with reason and signature."""
    rows = AdoptedThreshold.objects.order_by("-adopted_at", "-id")[:SHOWN]
    return tuple(
        AdoptedRow(**row)
        for row in rows.values("id", *KEY, "was", "limit", "reason", "signed_name", "adopted_at")
    )


def adopt_threshold(
    *, wanted: Adopted, seen: float, reason: str, signed_name: str, actor: Actor, now: datetime
) -> UUID:
    """Set a number of a rule for this practice; `seen` is the one its author saw as holding.

    Raises NotAllowed, ReasonMissing, NameDiffers, ThresholdRefused, AdoptedMeanwhile.
    """
    require(actor, "adopt a threshold")
    if not reason.strip():
        raise ReasonMissing
    if not is_own_name(signed_name, actor.name):
        raise NameDiffers
    _refuse(wanted)
    assert actor.staff_id is not None
    with transaction.atomic():
        _one_at_a_time()
        if _limit_now(wanted) != seen:
            raise AdoptedMeanwhile
        row = AdoptedThreshold.objects.create(
            rule_id=wanted.rule_id,
            rule_version=wanted.rule_version,
            fact=wanted.fact,
            relation=wanted.relation,
            was=seen,
            limit=wanted.limit,
            reason=reason.strip(),
            signed_name=signed_name.strip(),
            adopted_by_id=actor.staff_id,
            adopted_at=now,
        )
        audit.record(actor, "adopted a threshold", about=("threshold", row.id), at=now)
    return row.id


def _refuse(wanted: Adopted) -> None:
    if any(each.rule_id == wanted.rule_id for each in policy_thresholds()):
        refuse_policy(wanted)
    elif any(each.rule_id == wanted.rule_id for each in session_thresholds()):
        refuse_session_limit(wanted)
    else:
        refuse_threshold(rule_set(), wanted)


def _one_at_a_time() -> None:
    """Let two directors, or one button pressed twice, wait for each other."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('intake.adopted_threshold'))")


def _limit_now(wanted: Adopted) -> float | None:
    return next((own.limit for own in own_thresholds() if own.threshold.key == wanted.key), None)


def _standing() -> Iterable[Adopted]:
    rows = AdoptedThreshold.objects.order_by(*KEY, F("adopted_at").desc(), F("id").desc()).distinct(*KEY)
    return (Adopted(**row) for row in rows.values(*KEY, "limit"))


def _newest(rows: Iterable[dict[str, Any]]) -> tuple[Adopted, ...]:
    """Keep the last of each number; `rows` are in order of time. Ordered as `_standing` is."""
    last = {
        (row["rule_id"], row["rule_version"], row["fact"], row["relation"]): float(row["limit"])
        for row in rows
    }
    return tuple(Adopted(*key, limit) for key, limit in sorted(last.items()))


@lru_cache(maxsize=REMEMBERED)
def _rules_with(adopted: tuple[Adopted, ...]) -> RuleSet:
    return with_thresholds(rule_set(), adopted)
