"""Drills with a simulated patient: scripts as data, what the patient shows, and how a response is scored."""

from sojourn.clinical.rehearsal.clock import SPEEDS, DrillClock
from sojourn.clinical.rehearsal.deeds import Deed, Wanted
from sojourn.clinical.rehearsal.patient import Condition, condition_at, reading_at, under_way
from sojourn.clinical.rehearsal.scoring import Outcome, Score, ScoredItem, score
from sojourn.clinical.rehearsal.script_files import UnknownScript, drill_script, drill_scripts
from sojourn.clinical.rehearsal.scripts import Script, Whose, World
from sojourn.clinical.rehearsal.taps import DueTap, cut_off_in, taps_due

__all__ = [
    "SPEEDS", "Condition", "Deed", "DrillClock", "DueTap", "Outcome", "Score", "ScoredItem", "Script", "UnknownScript",
    "Wanted", "Whose", "World", "condition_at", "cut_off_in", "drill_script", "drill_scripts", "reading_at", "score",
    "taps_due", "under_way",
]  # fmt: skip
