from django.urls import path

from sojourn.portal.getting_ready.views import getting_ready

urlpatterns = [path("", getting_ready, name="getting_ready")]
