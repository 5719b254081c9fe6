from django.urls import path

from sojourn.portal.today.views import today

urlpatterns = [path("", today, name="today")]
