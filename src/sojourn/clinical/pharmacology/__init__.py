"""What a dose does over time, from published models."""

from sojourn.clinical.pharmacology.cautions import Interaction, Liver, Person, cautions_for
from sojourn.clinical.pharmacology.doses import Dose, Step
from sojourn.clinical.pharmacology.expected import (
    BandOverMinutes,
    ExpectedCourse,
    expected_course,
    ordered_dose,
)
from sojourn.clinical.pharmacology.exposure import (
    Exposure,
    OrderExposure,
    UnknownRoute,
    iv_equivalent_mg,
    order_exposure,
)
from sojourn.clinical.pharmacology.measures import DESCRIBED, Measure, follow
from sojourn.clinical.pharmacology.mood import Control, Evidence, Mood, mood
from sojourn.clinical.pharmacology.parameters import Confidence, Model, Parameter, model, models
from sojourn.clinical.pharmacology.people import People, typical
from sojourn.clinical.pharmacology.quantiles import Band, bands
from sojourn.clinical.pharmacology.refusals import CannotSimulate
from sojourn.clinical.pharmacology.regimens import Regimen, Session, read_regimen, read_toml
from sojourn.clinical.pharmacology.routes import Drug, Route
from sojourn.clinical.pharmacology.stages import SeenIn, Stage, stages
from sojourn.clinical.pharmacology.version import VERSION
from sojourn.clinical.pharmacology.windows import Window, least_confident, window

__all__ = [
    "DESCRIBED", "VERSION", "Band", "BandOverMinutes", "CannotSimulate", "Confidence", "Control", "Dose",
    "Drug", "Evidence", "ExpectedCourse", "Exposure", "Interaction", "Liver", "Measure", "Model", "Mood",
    "OrderExposure", "Parameter", "People", "Person", "Regimen", "Route", "SeenIn", "Session", "Stage",
    "Step", "UnknownRoute", "Window", "bands", "cautions_for", "expected_course", "follow",
    "iv_equivalent_mg", "least_confident", "model", "models", "mood", "order_exposure", "ordered_dose",
    "read_regimen", "read_toml", "stages", "typical", "window",
]  # fmt: skip
