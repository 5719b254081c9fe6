from django.urls import include, path

from sojourn.config import health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("health/", health.health, name="health"),
    path("account/", include("sojourn.config.account")),
    path("record/", include("sojourn.recording.urls")),
    path("sitter/", include("sojourn.sitter.urls")),
    path("workspace/", include("sojourn.workspace.urls")),
    path("", include("sojourn.portal.urls")),
]
handler400 = "sojourn.config.errors.bad_request"
handler403 = "sojourn.config.errors.not_allowed"
handler404 = "sojourn.config.errors.not_found"
handler500 = "sojourn.config.errors.server_error"
