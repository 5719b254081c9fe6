"""The staff's door. Each room keeps its own list of addresses."""

from django.urls import include, path

from sojourn.design.gallery import gallery
from sojourn.workspace.begin import begin

app_name = "workspace"
urlpatterns = [
    path("", begin, name="begin"),
    path("first-run/", include("sojourn.workspace.first_run.urls")),
    path("inbox/", include("sojourn.workspace.inbox.urls")),
    path("patients/", include("sojourn.workspace.patients.urls")),
    path("decisions/", include("sojourn.workspace.decisions.urls")),
    path("planning/", include("sojourn.workspace.planning.urls")),
    path("sessions/", include("sojourn.workspace.session_room.urls")),
    path("between-doses/", include("sojourn.workspace.between_doses.urls")),
    path("rules/", include("sojourn.workspace.rules.urls")),
    path("practice/", include("sojourn.workspace.practice.urls")),
    path("questionnaires/", include("sojourn.workspace.questionnaires.urls")),
    path("messages/", include("sojourn.workspace.messages.urls")),
    path("instruments/", include("sojourn.workspace.instruments.urls")),
    path("results/", include("sojourn.workspace.results.urls")),
    path("rehearsal/", include("sojourn.workspace.rehearsal.urls")),
    path("design/", gallery, name="design"),
    path("evidence/", include("sojourn.workspace.evidence.urls")),
    path("staff/", include("sojourn.workspace.staff.urls")),
]
