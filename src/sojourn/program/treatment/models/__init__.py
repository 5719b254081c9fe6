"""What happened at a visit, and what stands around it, by what the tables are about. Everybody imports them from here."""

from sojourn.program.treatment.models.around import FiledForm, FollowUp, ReadinessFact, TabletEntry
from sojourn.program.treatment.models.courses import (
    IntervalChoice,
    MedicineChange,
    StopConversation,
    StopRuleOffer,
)
from sojourn.program.treatment.models.events import SessionEvent, SessionPlace
from sojourn.program.treatment.models.notes import PrivateNote, VisitNote
from sojourn.program.treatment.models.standing import PatientStanding, PhaseChange
from sojourn.program.treatment.models.tokens import RecordingToken, SitterLink
from sojourn.program.treatment.said_of_people import FormAnswer, NotedSign, SettledSign

__all__ = [
    "FiledForm",
    "FollowUp",
    "FormAnswer",
    "IntervalChoice",
    "MedicineChange",
    "NotedSign",
    "PatientStanding",
    "PhaseChange",
    "PrivateNote",
    "ReadinessFact",
    "RecordingToken",
    "SessionEvent",
    "SessionPlace",
    "SettledSign",
    "SitterLink",
    "StopConversation",
    "StopRuleOffer",
    "TabletEntry",
    "VisitNote",
]
