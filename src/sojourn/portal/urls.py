"""The patient's door. Each room keeps its own list of addresses."""

from django.urls import include, path

app_name = "portal"
urlpatterns = [
    path("welcome/", include("sojourn.portal.welcome.urls")),
    path("how-it-works/", include("sojourn.portal.how_it_works.urls")),
    path("assessment/", include("sojourn.portal.assessment.urls")),
    path("join/", include("sojourn.portal.joining.urls")),
    path("today/", include("sojourn.portal.today.urls")),
    path("getting-ready/", include("sojourn.portal.getting_ready.urls")),
    path("session/", include("sojourn.portal.session_day.urls")),
    path("goals/", include("sojourn.portal.goals.urls")),
    path("questionnaires/", include("sojourn.portal.questionnaires.urls")),
    path("consent/", include("sojourn.portal.consent.urls")),
    path("my-record/", include("sojourn.portal.my_record.urls")),
    path("lessons/", include("sojourn.portal.lessons.urls")),
    path("help/", include("sojourn.portal.help.urls")),
]
