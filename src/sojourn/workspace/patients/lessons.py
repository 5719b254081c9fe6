"""What a patient was asked about each lesson, and whether it was understood."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sojourn.clinical.evidence.comprehension import Question
from sojourn.clinical.evidence.lessons import Lesson, lessons
from sojourn.program.education.queries import UnderstandingRow, understandings_of
from sojourn.program.people.actors import Actor


@dataclass(frozen=True)
class LessonLine:
    """One lesson with questions. `to_talk_about` are the questions last answered wrong, to be gone through together.

    `is_older`: what was answered is an older version of the lesson, which does not count any more.
    """

    lesson_id: str
    title: str
    is_understood: bool
    answered_at: datetime | None
    is_older: bool
    to_talk_about: tuple[Question, ...]


def lesson_lines(patient_id: UUID, *, actor: Actor) -> tuple[LessonLine, ...]:
    """Give the lessons that have questions, with the patient's last try at each. One query."""
    tried = understandings_of(patient_id, actor=actor)
    return tuple(_line(each, tried.get(each.id)) for each in lessons() if each.questions)


def _line(lesson: Lesson, row: UnderstandingRow | None) -> LessonLine:
    if row is None:
        return LessonLine(lesson.id, lesson.title, False, None, False, ())
    wrong = tuple(question for question in lesson.questions if question.id in row.wrong)
    return LessonLine(
        lesson_id=lesson.id,
        title=lesson.title,
        is_understood=row.is_understood(version=lesson.version),
        answered_at=row.answered_at,
        is_older=row.lesson_version != lesson.version,
        to_talk_about=wrong if row.lesson_version == lesson.version else (),
    )
