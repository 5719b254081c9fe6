"""Documents about a session. Each is derived from its events and cites them; nothing is typed again."""

from collections.abc import Callable

from sojourn.clinical.monitoring.documents.forms import Form, filled_form, form_by_hand, form_for, forms
from sojourn.clinical.monitoring.documents.notes import (
    incident_report,
    observation_minutes,
    patient_summary,
    session_note,
)
from sojourn.clinical.monitoring.documents.values import (
    Document,
    Entry,
    Hand,
    Kept,
    Line,
    NotDerivable,
    Section,
    SessionRecord,
    Telling,
)

DOCUMENTS: dict[str, Callable[[SessionRecord], Document]] = {
    "note": session_note,
    "form": filled_form,
    "minutes": observation_minutes,
    "summary": patient_summary,
    "incident": incident_report,
}

__all__ = [
    "DOCUMENTS", "Document", "Entry", "Form", "Hand", "Kept", "Line", "NotDerivable", "Section", "SessionRecord", "Telling",
    "filled_form", "form_by_hand", "form_for", "forms", "incident_report", "observation_minutes", "patient_summary",
    "session_note",
]  # fmt: skip
