from django.urls import path

from sojourn.workspace.between_doses import views

urlpatterns = [
    path("", views.between_doses, name="between_doses"),
    path("<uuid:patient_id>/", views.between_patient, name="between_patient"),
]
