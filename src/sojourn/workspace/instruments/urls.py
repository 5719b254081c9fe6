from django.urls import path

from sojourn.workspace.instruments import views

urlpatterns = [
    path("", views.instruments_known, name="instruments"),
    path("wording/", views.install_wording, name="install_wording"),
    path("<slug:instrument_id>/", views.instrument, name="instrument"),
]
