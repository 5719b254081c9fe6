from django.urls import path

from sojourn.portal.joining.again import keep_answers
from sojourn.portal.joining.views import join

urlpatterns = [
    path("", join, name="join"),
    path("again/", keep_answers, name="keep_answers"),
]
