from django.urls import path

from sojourn.workspace.staff import phone, places, views

urlpatterns = [
    path("", views.staff, name="staff"),
    path("add/", views.add_staff, name="add_staff"),
    path("places/", places.places, name="places"),
    path("phone/", phone.practice_phone, name="practice_phone"),
    path("places/add/", places.add_site, name="add_site"),
    path("places/<uuid:site_id>/chairs/", places.add_chair_to, name="add_chair"),
    path("<uuid:staff_id>/end/", views.end_work, name="end_work"),
    path("<uuid:staff_id>/credentials/new/", views.credential_new, name="credential_new"),
]
