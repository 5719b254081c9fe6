"""Signing a consent, with its stop rule, and taking it back; and what counts as somebody's own name."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from sojourn.clinical.outcomes import stop_rule as rules
from sojourn.clinical.protocols.consents import consent_document
from sojourn.program.audit import actions as audit
from sojourn.program.intake.models import Consent, StopRule
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import require

# A phone writes a curly apostrophe and a hyphen of its own where a desk writes ' and -: the same name.
TYPED_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u02bb`\u00b4", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)


class NotUnderstood(Exception):
    """A question of the comprehension check is not answered right; `question_ids` say which."""

    def __init__(self, question_ids: tuple[str, ...]) -> None:
        super().__init__(", ".join(question_ids))
        self.question_ids = question_ids


class NameDiffers(Exception):
    """The signature is not the own name of whoever signs."""


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
    if not is_own_name(signed_name, Patient.objects.values_list("name", flat=True).get(pk=patient_id)):
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


def is_own_name(typed: str, name: str) -> bool:
    """Compare two names as a reader would: marks that cannot be seen and kinds of apostrophe, dash and space aside."""

    def plain(text: str) -> str:
        seen = "".join(
            mark for mark in unicodedata.normalize("NFKC", text) if unicodedata.category(mark) != "Cf"
        )
        return " ".join(seen.translate(TYPED_ALIKE).split()).casefold()

    return plain(typed) == plain(name)
