"""The living style page: every component in every state, on any of the four layouts."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sojourn.clinical.evidence.strata import strata
from sojourn.design.charts import (
    ChartPoint,
    FlowBar,
    FlowRow,
    SeverityBand,
    Threshold,
    Tick,
    TrajectoryChart,
    sparkline_svg,
    trajectory_figure,
)
from sojourn.design.charts.evidence import figure_of_stratum
from sojourn.design.renderers import DesignRenderer
from sojourn.program.people.access import staff_only

SWATCHES = (
    "paper",
    "raised",
    "sunk",
    "sand",
    "accent",
    "attention",
    "act",
    "done",
    "unknown",
    "band-0",
    "band-2",
    "band-4",
)
LAYOUTS = ("workspace", "portal", "session", "print")
BANDS = (
    SeverityBand(low=0, high=4, label="Minimal"),
    SeverityBand(low=5, high=9, label="Mild"),
    SeverityBand(low=10, high=14, label="Moderate"),
    SeverityBand(low=15, high=19, label="Moderately severe"),
    SeverityBand(low=20, high=27, label="Severe"),
)
FREQUENCY = (
    ("0", "Not at all"),
    ("1", "Several days"),
    ("2", "More than half the days"),
    ("3", "Nearly every day"),
)


class SampleForm(forms.Form):
    """One field of every kind that the design system draws."""

    default_renderer = DesignRenderer

    name = forms.CharField(label="Name", help_text="As it stands on your insurance card.")
    weight_kg = forms.DecimalField(
        label="Weight",
        min_value=25,
        max_value=400,
        widget=forms.NumberInput(attrs={"data-unit": "kg", "inputmode": "decimal"}),
    )
    born_on = forms.DateField(label="Date of birth", widget=forms.DateInput(attrs={"type": "date"}))
    state = forms.ChoiceField(
        label="State you will be in", choices=[("", "Choose"), ("CA", "California"), ("NY", "New York")]
    )
    little_interest = forms.ChoiceField(
        label="Over the last two weeks, how often have you had little interest in doing things?",
        choices=FREQUENCY,
        widget=forms.RadioSelect(attrs={"data-layout": "row"}),
    )
    pressure = forms.ChoiceField(
        label="Have you been told that your blood pressure is high?",
        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "I don't know")],
        widget=forms.RadioSelect,
    )
    escorts = forms.MultipleChoiceField(
        label="Who could take you home?",
        required=False,
        choices=[("family", "Family"), ("friend", "A friend"), ("ride", "A ride service with a companion")],
        widget=forms.CheckboxSelectMultiple,
    )
    story = forms.CharField(
        label="Anything we need to know", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    agree = forms.BooleanField(label="I have read the page about risks")


@staff_only
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component in all its states; `?layout=` chooses the layout it stands on."""
    layout = request.GET.get("layout", "")
    layout = layout if layout in LAYOUTS else LAYOUTS[0]
    return render(request, "design/gallery.html", _samples(request, layout))


def _samples(request: HttpRequest, layout: str) -> dict[str, Any]:
    now = getattr(request, "now", None) or timezone.now()
    today = now.date()
    wrong = SampleForm({"name": "", "weight_kg": "7", "born_on": "2031-02-30", "pressure": "maybe"})
    return {
        "layout": f"design/layouts/{layout}.html",
        "layouts": LAYOUTS,
        "now": now,
        "workspace_nav": [
            {"label": "Decisions", "url": "#queue", "current": False, "count": 4},
            {"label": "Floor", "url": "#values", "current": False, "count": 0},
            {"label": "Patients", "url": "#facts", "current": False, "count": 0},
            {"label": "Design", "url": "#main", "current": True, "count": 0},
        ],
        "moments": {
            "fresh": now - timedelta(minutes=4),
            "old": now - timedelta(minutes=38),
            "expired": now - timedelta(hours=3),
        },
        "form": SampleForm(auto_id="fresh_%s"),
        "wrong_form": wrong,
        "trajectory": trajectory_figure(trajectory_sample(today)),
        "short_trajectory": trajectory_figure(_first_score_sample(today)),
        "flow": _flow_sample(),
        "forest": figure_of_stratum(next(each for each in strata() if each.is_pooled)),
        "sparkline": sparkline_svg(
            [19, 17, None, 12, 9, 8], low=0, high=27, label="PHQ-9: 19, 17, not done, 12, 9, 8"
        ),
        "swatches": SWATCHES,
    }


def trajectory_sample(today: date) -> TrajectoryChart:
    """Make up a course: it falls, a check-in is missed, a gap opens, one total comes from outside."""
    scores = ((0, 21), (7, 19), (14, 16), (21, 15), (28, None), (35, 11), (42, 9), (77, 8), (84, 6), (91, 4))
    start = today - timedelta(days=98)
    kinds = {14: "prorated", 77: "total_only"}
    return TrajectoryChart(
        title="PHQ-9 over the course",
        unit="PHQ-9",
        low=0,
        high=27,
        bands=BANDS,
        points=tuple(
            ChartPoint(
                on=start + timedelta(days=day),
                value=value,
                kind="not_done" if value is None else kinds.get(day, "scored"),  # type: ignore[arg-type]
                flagged=day == 0,
                label="item 9 answered 1" if day == 0 else "",
            )
            for day, value in scores
        ),
        ticks=(
            Tick(on=start - timedelta(days=3), kind="preparation"),
            *(
                Tick(on=start + timedelta(days=day), kind="dosing", label=label)
                for day, label in (
                    (3, "56 mg"),
                    (7, "56 mg"),
                    (10, "84 mg"),
                    (14, "84 mg"),
                    (21, "84 mg"),
                    (35, "84 mg"),
                    (63, "84 mg"),
                )
            ),
            *(Tick(on=start + timedelta(days=day), kind="integration") for day in (5, 12, 22, 37)),
            Tick(on=start + timedelta(days=56), kind="medication", label="sertraline 100 mg"),
        ),
        thresholds=(Threshold(value=4.5, label="Remission: below 5"),),
        reliable_change=6,
        gap_days=21,
        source="invented patient, practice record",
    )


def _first_score_sample(today: date) -> TrajectoryChart:
    return TrajectoryChart(
        title="Only one score",
        low=0,
        high=21,
        points=(ChartPoint(on=today, value=13),),
        bands=(
            SeverityBand(low=0, high=4, label="Minimal"),
            SeverityBand(low=5, high=9, label="Mild"),
            SeverityBand(low=10, high=14, label="Moderate"),
            SeverityBand(low=15, high=21, label="Severe"),
        ),
        unit="GAD-7",
        source="invented patient",
    )


def _flow_sample() -> FlowBar:
    return FlowBar(
        title="People by phase",
        total=41,
        source="practice record, today",
        rows=(
            FlowRow(label="Assessment, waiting for a decision", count=4, href="#charts"),
            FlowRow(label="Preparation", count=6, href="#charts"),
            FlowRow(label="In a course", count=17, href="#charts"),
            FlowRow(label="Maintenance", count=9, href="#charts"),
            FlowRow(label="Left before the course ended", count=5, href="#charts"),
            FlowRow(label="Paused", count=0, href="#charts"),
        ),
    )
