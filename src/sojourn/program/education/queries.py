"""What the doors may ask about lessons understood and statements published."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.claims import Claim
from sojourn.clinical.evidence.publishing import PracticeFigure, Refusal, why_not_published
from sojourn.program.education.models import PublicStatement, Understanding
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to

LISTED_AT_MOST = 200


@dataclass(frozen=True)
class UnderstandingRow:
    """The last try at a lesson's questions. A right answer to an older version does not count for a newer one."""

    lesson_id: str
    lesson_version: str
    wrong: tuple[str, ...]
    answered_at: datetime

    def is_understood(self, *, version: str) -> bool:
        return not self.wrong and self.lesson_version == version


@dataclass(frozen=True)
class StatementRow:
    """A published sentence. `refusals` say what speaks against it today; it is shown only while there are none."""

    id: UUID
    text: str
    claim_id: str
    card: Claim | None
    figure: PracticeFigure | None
    refusals: tuple[Refusal, ...]
    published_by: str
    published_at: datetime
    withdrawn_at: datetime | None
    why_withdrawn: str

    @property
    def is_shown(self) -> bool:
        return self.withdrawn_at is None and not self.refusals


def understandings_of(patient_id: UUID, *, actor: Actor) -> dict[str, UnderstandingRow]:
    """Give the last try of a patient at each lesson, by lesson."""
    tries = (
        Understanding.objects.filter(patients_visible_to(actor, "patient"), patient_id=patient_id)
        .order_by("lesson_id", "-answered_at")
        .distinct("lesson_id")
    )
    return {
        row.lesson_id: UnderstandingRow(row.lesson_id, row.lesson_version, tuple(row.wrong), row.answered_at)
        for row in tries
    }


def statements(*, on: date) -> tuple[StatementRow, ...]:
    """Give the practice's statements, the newest first, judged by the cards of that day."""
    found = PublicStatement.objects.select_related("published_by", "withdrawal").order_by("-published_at")
    return tuple(_row(statement, on) for statement in found[:LISTED_AT_MOST])


def statement(statement_id: UUID, *, on: date) -> StatementRow | None:
    """Find one statement."""
    found = (
        PublicStatement.objects.select_related("published_by", "withdrawal").filter(pk=statement_id).first()
    )
    return _row(found, on) if found else None


def _row(statement: PublicStatement, on: date) -> StatementRow:
    card = claims().get(statement.claim_id)
    figure = PracticeFigure(**statement.figure) if statement.figure else None
    withdrawal = getattr(statement, "withdrawal", None)
    return StatementRow(
        id=statement.id,
        text=statement.text,
        claim_id=statement.claim_id,
        card=card,
        figure=figure,
        refusals=why_not_published(statement.text, card=card, figure=figure, on=on),
        published_by=statement.published_by.name,
        published_at=statement.published_at,
        withdrawn_at=withdrawal.withdrawn_at if withdrawal else None,
        why_withdrawn=withdrawal.why if withdrawal else "",
    )
