from django.urls import path

from sojourn.portal.session_day import offline
from sojourn.portal.session_day.views import session_day

urlpatterns = [
    path("", session_day, name="session_day"),
    path("offline/", offline.shell, name="session_day_shell"),
    path("worker.js", offline.worker, name="session_day_worker"),
]
