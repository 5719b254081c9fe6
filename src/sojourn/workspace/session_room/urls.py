from django.urls import path

from sojourn.workspace.session_room import board, correcting, live, offline, papers, people, quick, views

urlpatterns = [
    path("", board.sessions, name="sessions"),
    path("rows/", board.rows, name="session_rows"),
    path("ticket/", live.board_ticket, name="board_ticket"),
    path("offline/", offline.shell, name="session_shell"),
    path("worker.js", offline.worker, name="session_worker"),
    path("<uuid:visit_id>/", views.session, name="session"),
    path("<uuid:visit_id>/quick/", quick.quick, name="session_quick"),
    path("<uuid:visit_id>/ticket/", live.session_ticket, name="session_ticket"),
    path("<uuid:visit_id>/token/", offline.session_token, name="session_token"),
    path("<uuid:visit_id>/entries/<uuid:event_id>/", correcting.correct, name="session_correct"),
    path("<uuid:visit_id>/people/", people.people, name="session_people"),
    path("<uuid:visit_id>/documents/", papers.papers, name="session_papers"),
    path("<uuid:visit_id>/record.json", papers.sealed_record, name="session_record"),
]
