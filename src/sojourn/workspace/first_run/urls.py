from django.urls import path

from sojourn.workspace.first_run import views

urlpatterns = [path("", views.first_run, name="first_run")]
