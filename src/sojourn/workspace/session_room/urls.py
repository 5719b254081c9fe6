from django.urls import path

from sojourn.workspace.session_room import correcting, offline, papers, people, views

urlpatterns = [
    path("", views.sessions, name="sessions"),
    path("offline/", offline.shell, name="session_shell"),
    path("worker.js", offline.worker, name="session_worker"),
    path("<uuid:visit_id>/", views.session, name="session"),
    path("<uuid:visit_id>/token/", offline.session_token, name="session_token"),
    path("<uuid:visit_id>/entries/<uuid:event_id>/", correcting.correct, name="session_correct"),
    path("<uuid:visit_id>/people/", people.people, name="session_people"),
    path("<uuid:visit_id>/documents/", papers.papers, name="session_papers"),
    path("<uuid:visit_id>/record.json", papers.sealed_record, name="session_record"),
]
