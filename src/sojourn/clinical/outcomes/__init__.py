"""What scores amount to: reliable change, response, remission, and a patient's trajectory."""

from sojourn.clinical.outcomes.due_dates import unanswered
from sojourn.clinical.outcomes.oddities import oddities
from sojourn.clinical.outcomes.reliable_change import (
    Change,
    ChangeVerdict,
    CutOffs,
    change_between,
    cut_offs,
    difference_error,
    is_reliable,
    reliable_change_index,
    reliable_change_points,
)
from sojourn.clinical.outcomes.response import (
    RemissionVerdict,
    Response,
    ResponseVerdict,
    remission,
    response,
)
from sojourn.clinical.outcomes.summaries import (
    day_in_words,
    number_in_words,
    summary_for_clinician,
    summary_for_patient,
)
from sojourn.clinical.outcomes.trajectory import (
    Baseline,
    PointKind,
    ScoreOutsideScale,
    ScorePoint,
    SessionKind,
    SessionMark,
    Trajectory,
    TrajectoryPoint,
    trajectory,
)

__all__ = [
    "Baseline", "Change", "ChangeVerdict", "CutOffs", "PointKind", "RemissionVerdict", "Response",
    "ResponseVerdict", "ScoreOutsideScale", "ScorePoint", "SessionKind", "SessionMark", "Trajectory", "TrajectoryPoint",
    "change_between", "cut_offs", "day_in_words", "difference_error", "is_reliable", "number_in_words", "oddities",
    "reliable_change_index", "reliable_change_points", "remission", "response", "summary_for_clinician",
    "summary_for_patient", "trajectory", "unanswered",
]  # fmt: skip
