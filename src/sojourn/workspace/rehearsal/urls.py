from django.urls import path

from sojourn.workspace.rehearsal import views

urlpatterns = [
    path("", views.rehearsal, name="rehearsal"),
    path("bedside/", views.bedside, name="bedside"),
    path("<uuid:drill_id>/", views.drill, name="drill"),
    path("<uuid:drill_id>/stop/", views.stop, name="stop_drill"),
    path("<uuid:drill_id>/certificate/", views.certificate, name="drill_certificate"),
]
