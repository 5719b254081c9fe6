from django.urls import path

from sojourn.workspace.session_room import papers, views

urlpatterns = [
    path("", views.sessions, name="sessions"),
    path("<uuid:visit_id>/", views.session, name="session"),
    path("<uuid:visit_id>/documents/", papers.papers, name="session_papers"),
    path("<uuid:visit_id>/documents/<slug:paper>/", papers.paper, name="session_paper"),
    path("<uuid:visit_id>/documents/<slug:paper>/pdf/", papers.paper_as_pdf, name="session_paper_pdf"),
    path("<uuid:visit_id>/record.json", papers.sealed_record, name="session_record"),
]
