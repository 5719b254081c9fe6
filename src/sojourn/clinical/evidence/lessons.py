"""What patients read, in plain words: each statement rests on cards, each lesson says who reviewed it and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence.claim_files import claims, filled
from sojourn.clinical.evidence.claims import Claim
from sojourn.clinical.evidence.comprehension import Question, read_questions
from sojourn.clinical.evidence.data_files import Table, read_table, toml_files
from sojourn.clinical.evidence.sources import DATA

LESSONS = DATA / "lessons"


class UnknownLesson(KeyError):
    """No lesson has that id."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One paragraph, and the cards it rests on."""

    says: str
    cards: tuple[Claim, ...]

    def being_rechecked(self, *, on: date) -> bool:
        """Hold while one of its cards must not be relied on."""
        return any(card.being_rechecked(on=on) for card in self.cards)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A titled part of a lesson. `figure` names a drawing that may stand with it."""

    title: str
    figure: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One page. It has questions where the program needs it to be understood; `reviewed_by` is empty until it is."""

    id: str
    place: int
    version: str
    title: str
    about: str
    icon: str
    parts: tuple[Part, ...]
    questions: tuple[Question, ...]
    checked_on: date
    review_by: date
    reviewed_by: str

    @property
    def text(self) -> str:
        """Every sentence of the lesson, for counting how hard it is to read."""
        return " ".join(
            [self.title, *(statement.says for part in self.parts for statement in part.statements)]
        )

    @property
    def cards(self) -> tuple[Claim, ...]:
        """Every card the lesson rests on, in the order in which they are first named."""
        named = {card.id: card for part in self.parts for each in part.statements for card in each.cards}
        return tuple(named.values())

    def wrong_answers(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        """Name the questions that were not answered right; an unanswered one is among them."""
        return tuple(q.id for q in self.questions if answers.get(q.id) != q.correct)


@cache
def lessons() -> tuple[Lesson, ...]:
    """Give every lesson in reading order. Raise DataFileInvalid."""
    return read_lessons(toml_files(LESSONS))


def lesson(lesson_id: str) -> Lesson:
    """Find one lesson. Raise UnknownLesson."""
    for each in lessons():
        if each.id == lesson_id:
            return each
    raise UnknownLesson(lesson_id)


def read_lessons(paths: tuple[Traversable, ...]) -> tuple[Lesson, ...]:
    """Read lessons, one a file. Raise DataFileInvalid."""
    return tuple(sorted((_lesson_from(path) for path in paths), key=lambda each: each.place))


def _lesson_from(path: Traversable) -> Lesson:
    table = read_table(
        path,
        allowed=("question", "reviewed_by"),
        required=("id", "place", "version", "title", "about", "icon", "part", "checked_on", "review_by"),
    )
    return Lesson(
        id=table.text("id"),
        place=table.whole("place"),
        version=table.text("version"),
        title=table.text("title"),
        about=filled(table, "about", ()),
        icon=table.text("icon"),
        parts=tuple(
            Part(
                title=row.text("title"),
                figure=row.text_or_none("figure") or "",
                statements=tuple(
                    _statement_from(each)
                    for each in row.tables("says", allowed=(), required=("text", "cards"))
                ),
            )
            for row in table.tables("part", allowed=("figure",), required=("title", "says"))
        ),
        questions=read_questions(table),
        checked_on=table.day("checked_on"),
        review_by=table.day("review_by"),
        reviewed_by=table.text_or_none("reviewed_by") or "",
    )


def _statement_from(row: Table) -> Statement:
    """A number stands on a card, where it is computed or cited, never in a lesson's own words."""
    named = row.texts("cards")
    if not named:
        raise row.refuse("cards", "name the card this rests on; what has no card is not said")
    for card_id in named:
        if card_id not in claims():
            raise row.refuse("cards", f"{card_id} is no card; add it in evidence/data/claims/")
    return Statement(says=filled(row, "text", ()), cards=tuple(claims()[card_id] for card_id in named))
