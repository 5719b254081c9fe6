"""The roles a person can enter Sojourn in. One word per role, as the ward says it."""

from enum import StrEnum


class Role(StrEnum):
    VISITOR = "visitor"
    PATIENT = "patient"
    PRESCRIBER = "prescriber"
    THERAPIST = "therapist"
    SESSION_MONITOR = "session_monitor"
    COORDINATOR = "coordinator"
    MEDICAL_DIRECTOR = "medical_director"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")

    @property
    def is_staff(self) -> bool:
        return self not in {Role.VISITOR, Role.PATIENT}


STAFF = frozenset(role for role in Role if role.is_staff)
CLINICIANS = frozenset({Role.PRESCRIBER, Role.THERAPIST, Role.SESSION_MONITOR, Role.MEDICAL_DIRECTOR})
SIGNED_IN = frozenset({Role.PATIENT, *STAFF})
EVERYONE = frozenset(Role)
