from django.urls import path

from sojourn.workspace.questionnaires import views

urlpatterns = [
    path("of/<uuid:patient_id>/", views.questionnaires_of, name="questionnaires_of"),
    path("of/<uuid:patient_id>/enter/", views.enter, name="enter_answers"),
    path("<uuid:response_id>/correct/", views.correct, name="correct_answers"),
]
