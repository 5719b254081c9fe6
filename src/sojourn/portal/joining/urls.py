from django.urls import path

from sojourn.portal.joining.views import join

urlpatterns = [path("", join, name="join")]
