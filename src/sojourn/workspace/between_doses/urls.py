from django.urls import path

from sojourn.workspace.between_doses import calls, views

urlpatterns = [
    path("", views.between_doses, name="between_doses"),
    path("calls/<uuid:visit_id>/", calls.follow_up, name="follow_up"),
    path("<uuid:patient_id>/", views.between_patient, name="between_patient"),
]
