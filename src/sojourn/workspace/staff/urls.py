from django.urls import path

from sojourn.workspace.staff import views

urlpatterns = [
    path("", views.staff, name="staff"),
    path("add/", views.add_staff, name="add_staff"),
    path("<uuid:staff_id>/end/", views.end_work, name="end_work"),
    path("<uuid:staff_id>/credentials/new/", views.credential_new, name="credential_new"),
]
