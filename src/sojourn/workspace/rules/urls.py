from django.urls import path

from sojourn.workspace.rules import changes, thresholds, views

urlpatterns = [
    path("", views.rules, name="rules"),
    path("changed/", changes.changed, name="rules_changed"),
    path("thresholds/", thresholds.list_thresholds, name="thresholds"),
    path("thresholds/<slug:rule_id>/<slug:fact>/<slug:relation>/", thresholds.adopt, name="adopt"),
]
