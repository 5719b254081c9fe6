from django.urls import path

from sojourn.workspace.practice import views

urlpatterns = [path("", views.practice, name="practice")]
