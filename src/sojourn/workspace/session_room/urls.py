from django.urls import path

from sojourn.workspace.session_room import views

urlpatterns = [
    path("", views.sessions, name="sessions"),
    path("<uuid:visit_id>/", views.session, name="session"),
]
