"""The invented people of rehearsals. Their names say so, in case one is ever read elsewhere."""

from typing import Final

from sojourn.program.people.roles import Role

DIRECTOR: Final = "Rehearsal director"
STAFF: Final = (
    ("Rehearsal prescriber", Role.PRESCRIBER),
    ("Rehearsal therapist", Role.THERAPIST),
    ("Rehearsal monitor", Role.SESSION_MONITOR),
    ("Rehearsal coordinator", Role.COORDINATOR),
)
PATIENTS: Final = (
    "Simulated Avery",
    "Simulated Blake",
    "Simulated Casey",
    "Simulated Devon",
    "Simulated Emery",
)
ESCORT: Final = "Simulated Finley"
PHONE: Final = "555-0199"
ADDRESS: Final = "1 Rehearsal Way (nobody lives here)"
STATE: Final = "CA"
ROLES: Final = (Role.SESSION_MONITOR, Role.PRESCRIBER)
