from django.urls import path

from sojourn.recording.views import record, tick

app_name = "recording"
urlpatterns = [
    path("", record, name="record"),
    path("tick", tick, name="tick"),
]
