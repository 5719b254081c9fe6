from django.urls import include, path

from benchmarks.site import bare

urlpatterns = [
    path("bare/view/", bare.view),
    path("bare/read/<int:row_id>/", bare.read),
    path("bare/insert/", bare.insert),
    path("", include("sojourn.config.urls")),
]
handler400 = "sojourn.config.errors.bad_request"
handler403 = "sojourn.config.errors.not_allowed"
handler404 = "sojourn.config.errors.not_found"
handler500 = "sojourn.config.errors.server_error"
