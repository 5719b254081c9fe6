from django.urls import path

from sojourn.portal.session_day.views import session_day

urlpatterns = [path("", session_day, name="session_day")]
