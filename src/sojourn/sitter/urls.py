from django.urls import path

from sojourn.sitter import offline
from sojourn.sitter.views import link, page

app_name = "sitter"
urlpatterns = [
    path("", page, name="page"),
    path("offline/", offline.shell, name="shell"),
    path("worker.js", offline.worker, name="worker"),
    path("<slug:token>/", link, name="link"),
]
