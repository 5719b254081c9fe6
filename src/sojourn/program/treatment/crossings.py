"""Crossed limits of a session in words, for alarms and pages."""

from sojourn.clinical.monitoring import Crossing

SIGNALS = {
    "systolic": ("Systolic pressure", "mmHg"),
    "diastolic": ("Diastolic pressure", "mmHg"),
    "heart_rate": ("Heart rate", "per minute"),
    "spo2": ("Oxygen", "%"),
    "respiratory_rate": ("Breathing", "per minute"),
    "moaas": ("Sedation (MOAA/S)", "of 5"),
    "dissociation": ("Dissociation", "of 10"),
}


def crossing_in_words(crossing: Crossing) -> str:
    """Say what was measured and what it calls for; a sign says so by itself."""
    if crossing.signal not in SIGNALS or crossing.value is None:
        return crossing.says
    name, unit = SIGNALS[crossing.signal]
    return f"{name} {crossing.value:g} {unit}. {crossing.says}"
