"""A patient's last try at the questions of a lesson."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from sojourn.clinical.evidence.lessons import Lesson
from sojourn.program.education import queries


@dataclass(frozen=True)
class KeptTry:
    """Understood or not, and when it was answered."""

    is_understood: bool
    answered_at: datetime


def kept_tries(request: HttpRequest, lessons: tuple[Lesson, ...]) -> dict[str, KeptTry]:
    """Find the signed-in patient's last try at this version of each lesson, by lesson; empty for everybody else."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.patient_id is None:
        return {}
    tried = queries.understandings_of(actor.patient_id, actor=actor)
    return {
        each.id: KeptTry(row.is_understood(version=each.version), row.answered_at)
        for each in lessons
        if (row := tried.get(each.id)) and row.lesson_version == each.version
    }
