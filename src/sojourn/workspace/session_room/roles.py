"""Who enters the session room."""

from sojourn.program.people.roles import Role

WATCHERS = (Role.SESSION_MONITOR, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
