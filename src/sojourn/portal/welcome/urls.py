from django.urls import path

from sojourn.portal.welcome.views import welcome

urlpatterns = [path("", welcome, name="welcome")]
