from django.urls import path

from sojourn.workspace.inbox import shown, views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("ticket/", views.inbox_ticket, name="inbox_ticket"),
    path("shown/", shown.shown, name="alarms_shown"),
    path("shown.gif", shown.picture, name="alarms_shown_picture"),
    path("<uuid:alarm_id>/acknowledge/", views.acknowledge_alarm, name="acknowledge_alarm"),
    path("<uuid:alarm_id>/close/", views.close_alarm, name="close_alarm"),
]
