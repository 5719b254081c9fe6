from django.urls import path

from sojourn.workspace.patients import views

urlpatterns = [
    path("", views.patients, name="patients"),
    path("<uuid:patient_id>/", views.chart, name="chart"),
]
