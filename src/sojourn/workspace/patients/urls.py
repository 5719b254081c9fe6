from django.urls import path

from sojourn.workspace.patients import clock, views
from sojourn.workspace.patients.care_team import care_team
from sojourn.workspace.patients.goals import goals
from sojourn.workspace.patients.medicine_signs import medicine_signs
from sojourn.workspace.patients.medicines import medicines
from sojourn.workspace.patients.stop_rule import stop_rule

urlpatterns = [
    path("", views.patients, name="patients"),
    path("<uuid:patient_id>/", views.chart, name="chart"),
    path("<uuid:patient_id>/care-team/", care_team, name="care_team"),
    path("<uuid:patient_id>/interval/", clock.interval, name="interval"),
    path("<uuid:patient_id>/stop-rule/", stop_rule, name="stop_rule"),
    path("<uuid:patient_id>/goals/", goals, name="goals"),
    path("<uuid:patient_id>/medicines/", medicines, name="medicines"),
    path("<uuid:patient_id>/medicine-signs/", medicine_signs, name="medicine_signs"),
]
