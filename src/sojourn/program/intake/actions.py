"""Keeping an assessment, deciding about it, and signing or withdrawing a consent."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from sojourn.clinical import protocols
from sojourn.clinical.outcomes import stop_rule as rules
from sojourn.clinical.protocols.consents import consent_document
from sojourn.program.audit import actions as audit
from sojourn.program.intake.choices import DecisionOutcome
from sojourn.program.intake.models import Assessment, Consent, Decision, StopRule
from sojourn.program.intake.verdicts import forbidden_everywhere, to_settle
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import require
from sojourn.program.safety import actions as safety

# A phone writes a curly apostrophe and a hyphen of its own where a desk writes ' and -: the same name.
TYPED_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u02bb`\u00b4", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)
DANGER_SAID = "Told the free assessment of suicidal intent, a plan, or an attempt in the past 3 months."
DANGER_SCREENED = "The clinical screen found danger, or left a question about it open."
DANGER_OPEN = "Left a question about suicide in the free assessment open, or was not sure."


class AssessmentNotFound(Exception):
    """No such assessment."""


class AlreadyKept(Exception):
    """These very answers are kept, and nobody has decided about them yet."""


class AnsweredAgain(Exception):
    """The patient has answered again since; a decision is about the newest answers."""


class ReasonMissing(Exception):
    """A decision says in one line why it was taken."""


class RuleForbids(Exception):
    """An absolute rule speaks against this outcome; the application does not override it. `rule_ids` name it."""

    def __init__(self, rule_ids: tuple[str, ...]) -> None:
        super().__init__(", ".join(rule_ids))
        self.rule_ids = rule_ids


class Unsettled(Exception):
    """These findings are open and have to be settled, with a line each, before somebody is called suitable."""

    def __init__(self, rule_ids: tuple[str, ...]) -> None:
        super().__init__(", ".join(rule_ids))
        self.rule_ids = rule_ids


class NotUnderstood(Exception):
    """A question of the comprehension check is not answered right; `question_ids` say which."""

    def __init__(self, question_ids: tuple[str, ...]) -> None:
        super().__init__(", ".join(question_ids))
        self.question_ids = question_ids


class NameDiffers(Exception):
    """The signature is not the patient's own name."""


class TextChanged(Exception):
    """The document is not the one that was shown: it has to be read again before it is signed."""


class AlreadySigned(Exception):
    """This version of the consent is signed and in force."""


class CannotBeCalled(Exception):
    """Somebody the practice may call has a name and a telephone number."""


@dataclass(frozen=True)
class AgreedRule:
    """The stop rule as a patient signs it, with who may contact them about it and whom the practice may call."""

    terms: rules.Terms
    may_contact: tuple[str, ...] = ()
    trusted_name: str = ""
    trusted_phone: str = ""

    @property
    def words(self) -> str:
        return rules.signed_words(
            self.terms,
            may_contact=self.may_contact,
            trusted_name=self.trusted_name.strip(),
            trusted_phone=self.trusted_phone.strip(),
        )


def keep_assessment(
    *,
    facts: protocols.Facts,
    evaluation: protocols.Evaluation,
    patient_id: UUID,
    actor: Actor,
    now: datetime,
    before: protocols.Evaluation | None = None,
) -> UUID:
    """Keep what a person answered with what the rules of that day found, so that it can be replayed.

    Danger that was said, or a question about it left open, raises an alarm: a visitor who becomes a patient is
    somebody's patient from that moment on. `before` is what stood before a clinician's screen; danger that was
    found then has its alarm already.
    """
    with transaction.atomic():
        assessment = Assessment.objects.create(
            patient_id=patient_id,
            facts=facts.as_json(),
            evaluation=evaluation.as_json(),
            disposition=evaluation.disposition.value,
            rule_set_version=evaluation.rule_set_version,
            taken_at=now,
        )
        audit.record(
            actor, "kept an assessment", about=("assessment", assessment.id), at=now, patient_id=patient_id
        )
        if _dangers(evaluation) - (_dangers(before) if before else set()):
            _raise_danger(
                facts, evaluation, assessment.id, patient_id, actor, now, screened=before is not None
            )
    return assessment.id


def answer_again(
    *, facts: protocols.Facts, evaluation: protocols.Evaluation, patient_id: UUID, actor: Actor, now: datetime
) -> UUID:
    """Keep new answers of a patient beside the earlier ones. The same ones, not decided about yet, are kept once.

    Raises NotAllowed, AlreadyKept.
    """
    require(actor, "answer a questionnaire", patient_id=patient_id)
    with transaction.atomic():
        Patient.objects.select_for_update().get(pk=patient_id)  # a second press waits here for the first
        newest = Assessment.objects.filter(patient_id=patient_id).order_by("-taken_at").first()
        if newest is not None and newest.facts == facts.as_json() and not newest.decisions.exists():
            raise AlreadyKept
        return keep_assessment(
            facts=facts, evaluation=evaluation, patient_id=patient_id, actor=actor, now=now
        )


def record_decision(
    *,
    assessment_id: UUID,
    outcome: str,
    why: str,
    resolved: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> UUID:
    """Record what was decided about an assessment, why, and how each open finding was settled.

    An absolute finding in every setting forbids "suitable"; an open finding needs a line in `resolved` first.
    Raises NotAllowed, AssessmentNotFound, AnsweredAgain, ReasonMissing, RuleForbids, Unsettled.
    """
    assessment = Assessment.objects.filter(pk=assessment_id).first()
    if assessment is None:
        raise AssessmentNotFound
    require(actor, "decide eligibility", patient_id=assessment.patient_id)
    if newer_than(assessment).exists():
        raise AnsweredAgain
    if not why.strip():
        raise ReasonMissing
    settled = {rule: line.strip() for rule, line in resolved.items() if line.strip()}
    if outcome == DecisionOutcome.SUITABLE:
        _refuse_unless_suitable(assessment, settled)
    assert actor.staff_id is not None
    with transaction.atomic():
        decision = Decision.objects.create(
            assessment=assessment,
            patient_id=assessment.patient_id,
            outcome=DecisionOutcome(outcome),
            why=why.strip(),
            resolved=settled,
            decided_by_id=actor.staff_id,
            decided_at=now,
        )
        audit.record(
            actor,
            "decided about an assessment",
            about=("decision", decision.id),
            at=now,
            patient_id=assessment.patient_id,
        )
    return decision.id


def sign_consent(
    *,
    patient_id: UUID,
    document_id: str,
    shown_sha256: str,
    signed_name: str,
    answers: Mapping[str, str],
    tries: int,
    actor: Actor,
    now: datetime,
    stop_rule: AgreedRule | None = None,
) -> UUID:
    """Sign a consent: its text, version and hash are kept with the answers of the comprehension check.

    `shown_sha256` is the hash of the text that the patient read; no other text is signed in its place. The words of
    the stop rule follow it, and the hash that is kept is of both.
    Raises NotAllowed, TextChanged, NotUnderstood, NameDiffers, CannotBeCalled, AlreadySigned.
    """
    require(actor, "sign a consent", patient_id=patient_id)
    document = consent_document(document_id)
    if shown_sha256 != document.sha256:
        raise TextChanged
    wrong = tuple(q.id for q in document.questions if answers.get(q.id) != q.correct)
    if wrong:
        raise NotUnderstood(wrong)
    if not same_name(signed_name, Patient.objects.values_list("name", flat=True).get(pk=patient_id)):
        raise NameDiffers
    if stop_rule and bool(stop_rule.trusted_name.strip()) != bool(stop_rule.trusted_phone.strip()):
        raise CannotBeCalled
    text = document.text if stop_rule is None else f"{document.text}\n{stop_rule.words}"
    with transaction.atomic():
        try:
            with transaction.atomic():
                consent = Consent.objects.create(
                    patient_id=patient_id,
                    document_id=document.id,
                    version=document.version,
                    sha256=sha256(text.encode()).hexdigest(),
                    text=text,
                    understood={"answers": dict(answers), "tries": tries},
                    signed_name=signed_name.strip(),
                    signed_at=now,
                )
        except IntegrityError as twice:
            raise AlreadySigned from twice
        if stop_rule is not None:
            _keep_rule(stop_rule, consent)
        audit.record(actor, "signed a consent", about=("consent", consent.id), at=now, patient_id=patient_id)
    return consent.id


def _keep_rule(agreed: AgreedRule, consent: Consent) -> None:
    StopRule.objects.create(
        consent=consent,
        instrument_id=agreed.terms.instrument,
        points=agreed.terms.points,
        by_session=agreed.terms.by_session,
        may_contact=list(agreed.may_contact),
        trusted_name=agreed.trusted_name.strip()[:300],
        trusted_phone=agreed.trusted_phone.strip()[:40],
    )


def withdraw_consent(*, consent_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a consent back; no dose is given after it. Withdrawing twice changes nothing."""
    consent = Consent.objects.get(pk=consent_id)
    require(actor, "sign a consent", patient_id=consent.patient_id)
    with transaction.atomic():
        if Consent.objects.filter(pk=consent_id, withdrawn_at=None).update(withdrawn_at=now):
            audit.record(
                actor,
                "withdrew a consent",
                about=("consent", consent_id),
                at=now,
                patient_id=consent.patient_id,
            )


def _dangers(evaluation: protocols.Evaluation) -> set[tuple[str, bool]]:
    """Name the findings of danger, and whether each is open."""
    return {
        (finding.rule_id, finding.unknown)
        for finding in evaluation.findings
        if finding.severity is protocols.Severity.HELP_NOW
    }


def _raise_danger(
    facts: protocols.Facts,
    evaluation: protocols.Evaluation,
    assessment_id: UUID,
    patient_id: UUID,
    actor: Actor,
    now: datetime,
    *,
    screened: bool,
) -> None:
    said = facts.as_json()
    asked = [
        name
        for finding in evaluation.findings
        if finding.severity is protocols.Severity.HELP_NOW
        for name in finding.because
    ]
    safety.raise_alarm(
        patient_id=patient_id,
        reason="assessment.danger",
        severity="red",
        says=DANGER_SCREENED if screened else DANGER_SAID if evaluation.danger_is_said else DANGER_OPEN,
        facts={name: said.get(name) for name in asked},
        about_kind="assessment",
        about_id=assessment_id,
        acknowledge_within=protocols.policy("alarm-acknowledge-red").within,
        raised_at=now,
        actor=actor,
    )


def newer_than(assessment: Assessment) -> QuerySet[Assessment]:
    """The assessments the same patient has answered since this one."""
    return Assessment.objects.filter(patient_id=assessment.patient_id, taken_at__gt=assessment.taken_at)


def _refuse_unless_suitable(assessment: Assessment, settled: Mapping[str, str]) -> None:
    evaluation = protocols.evaluation_from_json(assessment.evaluation)
    forbidding = forbidden_everywhere(evaluation)
    if forbidding:
        raise RuleForbids(forbidding)
    unsettled = tuple(f.rule_id for f in to_settle(evaluation) if f.rule_id not in settled)
    if unsettled:
        raise Unsettled(unsettled)


def same_name(typed: str, name: str) -> bool:
    """Compare two names as a reader would: marks that cannot be seen and kinds of apostrophe, dash and space aside."""

    def plain(text: str) -> str:
        seen = "".join(
            mark for mark in unicodedata.normalize("NFKC", text) if unicodedata.category(mark) != "Cf"
        )
        return " ".join(seen.translate(TYPED_ALIKE).split()).casefold()

    return plain(typed) == plain(name)
