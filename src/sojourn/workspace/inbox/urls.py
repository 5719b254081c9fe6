from django.urls import path

from sojourn.workspace.inbox import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("ticket/", views.inbox_ticket, name="inbox_ticket"),
    path("<uuid:alarm_id>/acknowledge/", views.acknowledge_alarm, name="acknowledge_alarm"),
    path("<uuid:alarm_id>/close/", views.close_alarm, name="close_alarm"),
]
