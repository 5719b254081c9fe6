"""How ketamine is thought to work, and how well that is known; for anybody, and without a script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.pharmacology import VERSION, SeenIn, stages
from sojourn.design.charts import ChartFigure, StageLane, StagesChart, stages_figure
from sojourn.program.people.access import everyone

SEEN_IN = {
    SeenIn.PEOPLE: (gettext_lazy("seen in people"), "done", "users"),
    SeenIn.ANIMALS: (gettext_lazy("seen in animals only"), "attention", "info"),
    SeenIn.CONJECTURE: (gettext_lazy("conjecture"), "unknown", "circle-question-mark"),
}
TIMES = ((1 / 12, "5 min"), (1.0, "1 h"), (6.0, "6 h"), (24.0, "1 d"), (72.0, "3 d"), (168.0, "7 d"))


@everyone
def how_it_works(request: HttpRequest) -> HttpResponse:
    """Show the four stages as a drawing and in words."""
    told = [
        (stage, [(statement, *SEEN_IN[statement.seen_in]) for statement in stage.statements])
        for stage in stages()
    ]
    page = {
        "figure": _figure(),
        "stages": told,
        "courses": {
            "hours": stages()[0].hours,
            "stages": [{"title": stage.title, "heights": stage.course} for stage in stages()],
        },
        "kinds": [(kind.value, *SEEN_IN[kind]) for kind in SeenIn],
    }
    return render(request, "portal/how_it_works/how_it_works.html", page)


def _figure() -> ChartFigure:
    return stages_figure(
        StagesChart(
            title=_("Four stages, from minutes to days"),
            lanes=tuple(
                StageLane(title=stage.title, hours=stage.hours, heights=stage.course) for stage in stages()
            ),
            labels=TIMES,
            says=_(
                "Illustrative: each stage is drawn relative to its own highest point, with time constants chosen for "
                "the drawing (%(version)s). They are not measurements. In people only “hours” against “days” is shown."
            )
            % {"version": VERSION},
        )
    )
