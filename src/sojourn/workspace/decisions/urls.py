from django.urls import path

from sojourn.workspace.decisions import views

urlpatterns = [
    path("", views.decisions, name="decisions"),
    path("<uuid:assessment_id>/", views.decide, name="decide"),
]
