from django.urls import path

from sojourn.workspace.decisions import screening, views

urlpatterns = [
    path("", views.decisions, name="decisions"),
    path("<uuid:assessment_id>/", views.decide, name="decide"),
    path("<uuid:assessment_id>/screen/", screening.screen, name="screen"),
]
